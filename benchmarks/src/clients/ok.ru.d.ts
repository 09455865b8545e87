declare module "ok.ru" {
  const ok: {
    readonly setOptions: (options: { readonly [name: string]: string }) => void
    readonly post: (
      parameters: { readonly [name: string]: string },
      callback: (error: unknown, body: unknown) => void
    ) => void
  }
  export default ok
}
