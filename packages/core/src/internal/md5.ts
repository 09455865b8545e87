/* oxlint-disable typescript/no-non-null-assertion -- every index below is inside its array by construction */
// MD5 (RFC 1321) over the UTF-8 bytes of a text. Plain TypeScript, since WebCrypto has no MD5 and core runs without Node.
// Chosen over the packages that have it for size and speed: the figures are in docs/decisions.md.

// floor(2^32 * |sin(i + 1)|), which takes 32 of the 53 bits that a sine has in every engine.
const sines = Int32Array.from({ length: 64 }, (_, i) => Math.floor(2 ** 32 * Math.abs(Math.sin(i + 1))))

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
    for (let i = 0; i < 16; i += 4) {
      a = step(a, b, (b & c) | (~b & d), sines[i]! + message[block + i]!, 7)
      d = step(d, a, (a & b) | (~a & c), sines[i + 1]! + message[block + i + 1]!, 12)
      c = step(c, d, (d & a) | (~d & b), sines[i + 2]! + message[block + i + 2]!, 17)
      b = step(b, c, (c & d) | (~c & a), sines[i + 3]! + message[block + i + 3]!, 22)
    }
    for (let i = 16; i < 32; i += 4) {
      a = step(a, b, (d & b) | (~d & c), sines[i]! + message[block + ((5 * i + 1) & 15)]!, 5)
      d = step(d, a, (c & a) | (~c & b), sines[i + 1]! + message[block + ((5 * i + 6) & 15)]!, 9)
      c = step(c, d, (b & d) | (~b & a), sines[i + 2]! + message[block + ((5 * i + 11) & 15)]!, 14)
      b = step(b, c, (a & c) | (~a & d), sines[i + 3]! + message[block + ((5 * i + 16) & 15)]!, 20)
    }
    for (let i = 32; i < 48; i += 4) {
      a = step(a, b, b ^ c ^ d, sines[i]! + message[block + ((3 * i + 5) & 15)]!, 4)
      d = step(d, a, a ^ b ^ c, sines[i + 1]! + message[block + ((3 * i + 8) & 15)]!, 11)
      c = step(c, d, d ^ a ^ b, sines[i + 2]! + message[block + ((3 * i + 11) & 15)]!, 16)
      b = step(b, c, c ^ d ^ a, sines[i + 3]! + message[block + ((3 * i + 14) & 15)]!, 23)
    }
    for (let i = 48; i < 64; i += 4) {
      a = step(a, b, c ^ (b | ~d), sines[i]! + message[block + ((7 * i) & 15)]!, 6)
      d = step(d, a, b ^ (a | ~c), sines[i + 1]! + message[block + ((7 * i + 7) & 15)]!, 10)
      c = step(c, d, a ^ (d | ~b), sines[i + 2]! + message[block + ((7 * i + 14) & 15)]!, 15)
      b = step(b, c, d ^ (c | ~a), sines[i + 3]! + message[block + ((7 * i + 21) & 15)]!, 21)
    }
    a0 = (a0 + a) | 0
    b0 = (b0 + b) | 0
    c0 = (c0 + c) | 0
    d0 = (d0 + d) | 0
  }
  return hex(a0) + hex(b0) + hex(c0) + hex(d0)
}
