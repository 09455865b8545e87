// The plugins of size-limit come without types. These are what its own signature asks for.
declare module "@size-limit/esbuild" {
  const plugins: Array<(...args: Array<unknown>) => unknown>
  export default plugins
}

declare module "@size-limit/file" {
  const plugins: Array<(...args: Array<unknown>) => unknown>
  export default plugins
}
