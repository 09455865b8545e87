import * as Chunk from "effect/Chunk"
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"

type AnyFiber = Fiber.RuntimeFiber<unknown, unknown>

/**
 * The span of a call, or none where tracing is off. `Effect.makeSpan`, but it is there at once: three steps less, and no copy of
 * all the settings of the fiber.
 */
export const make = (fiber: AnyFiber, start: bigint, method: string): Tracer.Span | undefined => {
  if (!fiber.getFiberRef(FiberRef.currentTracerEnabled)) {
    return undefined
  }
  // No parameters: they are personal data.
  const attributes = { "okru.method": method }
  const span = Context.get(fiber.currentDefaultServices, Tracer.Tracer).span(
    `ok ${method}`,
    shown(Context.getOption(fiber.currentContext, Tracer.ParentSpan)),
    Context.empty(),
    Chunk.toReadonlyArray(fiber.getFiberRef(FiberRef.currentTracerSpanLinks)),
    isTimed(fiber) ? start : 0n,
    "client",
    { kind: "client", attributes }
  )
  HashMap.forEach(fiber.getFiberRef(FiberRef.currentTracerSpanAnnotations), (value, key) => span.attribute(key, value))
  span.attribute("okru.method", method)
  flatten(span.traceId)
  flatten(span.spanId)
  return span
}

// V8 keeps a text that was put together as its parts until it is read. Effect puts its ids together from 48 single characters:
// unread, they are a tenth of what a call takes while it waits.
const flatten = (text: string): boolean => /./.test(text)

/** Ends it. An answer is personal data, which what keeps spans need not have. */
export const end = (
  span: Tracer.Span,
  fiber: AnyFiber,
  clock: Clock.Clock,
  exit: Exit.Exit<unknown, unknown>
): void => span.end(isTimed(fiber) ? clock.unsafeCurrentTimeNanos() : 0n, Exit.isSuccess(exit) ? Exit.void : exit)

// What is above a span that does not want to be seen.
const shown = (parent: Option.Option<Tracer.AnySpan>): Option.Option<Tracer.AnySpan> =>
  Option.isSome(parent) && Context.get(parent.value.context, Tracer.DisablePropagation)
    ? parent.value._tag === "Span" ? shown(parent.value.parent) : Option.none()
    : parent

const isTimed = (fiber: AnyFiber): boolean => fiber.getFiberRef(FiberRef.currentTracerTimingEnabled)
