/**
 * Readable terminal output: coloured on a terminal, plain elsewhere and where NO_COLOR is set.
 */
import * as Console from "effect/Console"
import type * as Effect from "effect/Effect"
import { stdout } from "node:process"
import { styleText } from "node:util"

type Format = Parameters<typeof styleText>[0]

const styled = (format: Format, text: string): string =>
  stdout.isTTY && stdout.hasColors() ? styleText(format, text) : text

/** A line that begins a part of the page. */
export const title = (text: string): Effect.Effect<void> => Console.log(`\n${styled("bold", text)}`)

/** Something with a name. */
export const line = (label: string, text: string): Effect.Effect<void> =>
  Console.log(`  ${styled("dim", label.padEnd(12))} ${text}`)

/** Something that went well. */
export const good = (label: string, text: string): Effect.Effect<void> => line(label, styled("green", text))

/** Something that failed. */
export const bad = (label: string, text: string): Effect.Effect<void> => line(label, styled("yellow", text))

/** What is said beside the matter. */
export const note = (text: string): Effect.Effect<void> => Console.log(`  ${styled("dim", text)}`)
