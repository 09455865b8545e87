/* oxlint-disable typescript/no-non-null-assertion -- every index below is inside its array by construction */
// MD5 (RFC 1321) over the UTF-8 bytes of a text. Plain TypeScript, since WebCrypto has no MD5 and core runs without Node.
// Chosen over the packages that have it for size and speed: the figures are in docs/decisions.md.

// floor(2^32 * |sin(i + 1)|), which takes 32 of the 53 bits that a sine has in every engine.
const sines = Int32Array.from({ length: 64 }, (_, i) => Math.floor(2 ** 32 * Math.abs(Math.sin(i + 1))))

const shifts = Int32Array.of(7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21)

const step = (a: number, b: number, mix: number, addend: number, shift: number): number => {
  const sum = (a + mix + addend) | 0
  return (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0
}

/** The message as little-endian words, padded: a 1 bit, zeros, and its length in bits in the last two words. */
const words = (text: string): Int32Array => asciiWords(text) ?? byteWords(new TextEncoder().encode(text))

const blank = (length: number): Int32Array => {
  const message = new Int32Array(((length + 72) >>> 6) * 16)
  message[length >>> 2] = 0x80 << ((length & 3) * 8)
  message[message.length - 2] = length << 3
  message[message.length - 1] = length >>> 29
  return message
}

const asciiWords = (text: string): Int32Array | undefined => {
  const message = blank(text.length)
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7f) {
      return undefined
    }
    message[i >>> 2]! |= unit << ((i & 3) * 8)
  }
  return message
}

const byteWords = (bytes: Uint8Array): Int32Array => {
  const message = blank(bytes.length)
  for (let i = 0; i < bytes.length; i++) {
    message[i >>> 2]! |= bytes[i]! << ((i & 3) * 8)
  }
  return message
}

const hex = (word: number): string => {
  const swapped = ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)
  return (swapped >>> 0).toString(16).padStart(8, "0")
}

export const md5Hex = (text: string): string => {
  const message = words(text)
  let a0 = 0x67452301
  let b0 = 0xefcdab89 | 0
  let c0 = 0x98badcfe | 0
  let d0 = 0x10325476
  for (let block = 0; block < message.length; block += 16) {
    let a = a0
    let b = b0
    let c = c0
    let d = d0
    for (let i = 0; i < 64; i++) {
      const round = i >>> 4
      const mix = round === 0
        ? (b & c) | (~b & d)
        : round === 1
        ? (d & b) | (~d & c)
        : round === 2
        ? b ^ c ^ d
        : c ^ (b | ~d)
      const word = round === 0 ? i : round === 1 ? 5 * i + 1 : round === 2 ? 3 * i + 5 : 7 * i
      const next = step(a, b, mix, sines[i]! + message[block + (word & 15)]!, shifts[round * 4 + (i & 3)]!)
      a = d
      d = c
      c = b
      b = next
    }
    a0 = (a0 + a) | 0
    b0 = (b0 + b) | 0
    c0 = (c0 + c) | 0
    d0 = (d0 + d) | 0
  }
  return hex(a0) + hex(b0) + hex(c0) + hex(d0)
}
