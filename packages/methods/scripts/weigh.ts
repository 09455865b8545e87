/**
 * Prints what programs weigh in a browser's bundle, as JSON: bytes of gzip, and how many they may be.
 */
import { weighed } from "../test/bundle.js"

process.stdout.write(`${JSON.stringify(await weighed())}\n`)
