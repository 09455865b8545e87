/** Compares in a time that tells nothing of where two texts differ. Their length is no secret. */
export const equals = (expected: string, actual: string): boolean => {
  let difference = expected.length ^ actual.length
  for (let i = 0; i < expected.length; i++) {
    // Past the end of the shorter one this is `NaN`, which counts as 0; the lengths have told already.
    difference |= expected.charCodeAt(i) ^ actual.charCodeAt(i)
  }
  return difference === 0
}
