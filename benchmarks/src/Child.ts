/**
 * A process that answers a line with a line. It ends with its scope.
 */
import * as Command from "@effect/platform/Command"
import type * as CommandExecutor from "@effect/platform/CommandExecutor"
import type { PlatformError } from "@effect/platform/Error"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Mailbox from "effect/Mailbox"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Protocol from "./protocol.js"

export class ChildError extends Data.TaggedError("ChildError")<{ readonly child: string; readonly issue: string }> {
  override get message() {
    return `${this.child}: ${this.issue}`
  }
}

/** `C` is what it can be asked, `Hello` the first line that it says by itself. */
export interface Child<in C, out Hello> {
  readonly hello: Hello
  readonly ask: <A, I>(command: C, reply: Schema.Schema<A, I>) => Effect.Effect<A, ChildError>
}

// Nothing that is asked takes a tenth of it, unless it hangs.
const patience = Duration.minutes(10)

export const start = <C, Hello, I>(
  name: string,
  command: Command.Command,
  hello: Schema.Schema<Hello, I>
): Effect.Effect<
  Child<C, Hello>,
  ChildError | PlatformError,
  CommandExecutor.CommandExecutor | Scope.Scope
> =>
  Effect.gen(function*() {
    const input = yield* Queue.unbounded<string>()
    const process = yield* command.pipe(
      Command.stdin(Stream.encodeText(Stream.fromQueue(input))),
      Command.stderr("inherit"),
      Command.start
    )
    const output = yield* Mailbox.fromStream(Stream.splitLines(Stream.decodeText(process.stdout)))
    const listen = <A, I>(reply: Schema.Schema<A, I>): Effect.Effect<A, ChildError> =>
      output.take.pipe(
        Effect.catchTag("NoSuchElementException", () => Effect.fail("has ended")),
        Effect.flatMap(Schema.decode(Schema.parseJson(reply))),
        Effect.timeoutFail({ duration: patience, onTimeout: () => "does not answer" }),
        Effect.mapError((error) => new ChildError({ child: name, issue: String(error) }))
      )
    return {
      hello: yield* listen(hello),
      ask: (command, reply) => Effect.zipRight(Queue.offer(input, `${JSON.stringify(command)}\n`), listen(reply))
    }
  })

export type Server = Child<Protocol.ServerCommand, { readonly origin: string }>

export type Worker = Child<Protocol.Command, { readonly ready: true }>
