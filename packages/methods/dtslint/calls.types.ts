/**
 * What the compiler knows about a call. Nothing here runs: it compiles, under both compilers of `pnpm check`, or the
 * build fails. A line below `@ts-expect-error` is one that must not compile.
 */
import type { Json } from "@effect-okru/core"
import { OkCall, OkClient, OkConfig, OkError, OkMethod, OkParam, OkPolicy, OkSession } from "@effect-okru/core"
import * as Api from "@effect-okru/methods/Api"
import * as Apps from "@effect-okru/methods/Apps"
import * as Discussions from "@effect-okru/methods/Discussions"
import * as Friends from "@effect-okru/methods/Friends"
import * as Group from "@effect-okru/methods/Group"
import * as Mediatopic from "@effect-okru/methods/Mediatopic"
import type { Photo } from "@effect-okru/methods/model/Photo"
import * as Photos from "@effect-okru/methods/Photos"
import * as Users from "@effect-okru/methods/Users"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

declare const check: <A, B>(equal: Equal<A, B>) => void

type Success<T> = T extends Effect.Effect<infer A, infer _E, infer _R> ? A : never
type Failure<T> = T extends Effect.Effect<infer _A, infer E, infer _R> ? E : never
type Needs<T> = T extends Effect.Effect<infer _A, infer _E, infer R> ? R : never

const token = Redacted.make("test-access-token")

// ---------------------------------------------------------------------------------------------------------------------
// A call is an effect: its result, its failures, and whose session it needs
// ---------------------------------------------------------------------------------------------------------------------

const relatives = Friends.getRelativesV2({ uid: "1", reltypes: ["SPOUSE"] })
const friends = Friends.get({ fid: "1" })
const masks = Users.updateMasks({ uids: ["1"] })

check<Success<typeof friends>, ReadonlyArray<string>>(true)
check<Failure<typeof friends>, OkError.OkError>(true)

// Session required: a user. Optional: a user or the application. Prohibited: the application.
check<Needs<typeof relatives>, OkClient.OkClient | OkSession.OkSession>(true)
check<Needs<typeof friends>, OkClient.OkClient | OkSession.OkAnySession>(true)
check<Needs<typeof masks>, OkClient.OkClient | OkSession.OkAppSession>(true)

// ---------------------------------------------------------------------------------------------------------------------
// A session that cannot do what a method needs does not compile
// ---------------------------------------------------------------------------------------------------------------------

const Ok = OkClient.layerHttp().pipe(
  Layer.provide(FetchHttpClient.layer),
  Layer.provideMerge(OkConfig.layer({ applicationId: "1", applicationKey: "TEST-KEY" }))
)
const Client = OkSession.layerClient({ accessToken: token, sessionSecretKey: Redacted.make("test-session-secret") })
const Server = OkSession.layerServer({ accessToken: token })

declare const run: <A, E>(program: Effect.Effect<A, E>) => void

// A server session does everything.
run(relatives.pipe(Effect.provide(Server), Effect.provide(Ok)))
run(friends.pipe(Effect.provide(Server), Effect.provide(Ok)))
run(masks.pipe(Effect.provide(Server), Effect.provide(Ok)))

// A client session has no application secret.
run(relatives.pipe(Effect.provide(Client), Effect.provide(Ok)))
run(friends.pipe(Effect.provide(Client), Effect.provide(Ok)))
// @ts-expect-error users.updateMasks is called without a session, which only the application can sign
run(masks.pipe(Effect.provide(Client), Effect.provide(Ok)))

// The application has no user.
run(friends.pipe(Effect.provide(OkSession.layerApplication), Effect.provide(Ok)))
run(masks.pipe(Effect.provide(OkSession.layerApplication), Effect.provide(Ok)))
// @ts-expect-error friends.getRelativesV2 needs a user's session
run(relatives.pipe(Effect.provide(OkSession.layerApplication), Effect.provide(Ok)))

// A method that must not be signed needs no session at all.
const unsigned = OkMethod.make("sdk.example", {
  session: "prohibited",
  permissions: [],
  kind: "read",
  params: {},
  success: Schema.String,
  sig: false
})
run(unsigned().pipe(Effect.provide(Ok)))

// ---------------------------------------------------------------------------------------------------------------------
// Parameters
// ---------------------------------------------------------------------------------------------------------------------

// No parameter is required: none has to be given.
Friends.get()
// @ts-expect-error uid is required
Friends.getRelativesV2({ reltypes: ["SPOUSE"] })
// @ts-expect-error one list has this name
Friends.get({ fids: ["1"] })
// @ts-expect-error a device that OK.ru does not document
Friends.getByDevices({ devices: ["TOASTER"] })
// ...unless you say that you know better
Friends.getByDevices({ devices: [OkParam.unlisted("TOASTER")] })

const row = { session: "optional", permissions: [], kind: "read", success: Schema.String } as const

// A parameter is sent as text: what has no text has no place in a row.
OkMethod.make("friends.example", {
  ...row,
  params: {
    // @ts-expect-error a parameter must encode to a string: OkParam.int does
    count: Schema.Number
  }
})
OkMethod.make("friends.example", {
  ...row,
  params: {
    // @ts-expect-error the library sets this parameter itself
    format: OkParam.string
  }
})
OkMethod.suspend("friends.example", () => ({
  ...row,
  params: {
    // @ts-expect-error a parameter must encode to a string: OkParam.int does
    count: Schema.Number
  }
}))

declare const needing: Schema.Schema<string, string, "a service">
OkMethod.make("friends.example", {
  ...row,
  params: {
    // @ts-expect-error a parameter must need no service
    name: needing
  }
})

OkMethod.suspend("friends.example", () => ({
  ...row,
  params: {},
  // @ts-expect-error a row has no such key
  oncee: true
}))

const suspended = OkMethod.suspend("friends.example", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  params: { count: OkParam.int },
  // @ts-expect-error there is no such parameter
  rules: [OkParam.atMostOne("count", "uid")],
  success: Schema.String
}))
const called = suspended({ count: 1 })
check<Success<typeof called>, string>(true)
check<(typeof suspended)["permissions"], ReadonlyArray<"VALUABLE_ACCESS">>(true)
check<(typeof suspended)["session"], "required">(true)
// @ts-expect-error count is required
suspended()

// ---------------------------------------------------------------------------------------------------------------------
// `fields` say what is known of the result
// ---------------------------------------------------------------------------------------------------------------------

const named = Users.getInfo({ uids: ["1"], fields: ["uid", "first_name"] })
// The id is there, since it was asked for; a name may be hidden; there is no age.
check<Success<typeof named>[number], { readonly uid: string; readonly first_name?: string | undefined }>(true)

declare const chosen: ReadonlyArray<"uid" | "first_name">
const computed = Users.getInfo({ uids: ["1"], fields: chosen })
check<Success<typeof computed>[number]["age"], number | undefined>(true)

// A list of two, or a place that holds one name or another, is certain of what is asked for either way.
declare const isShort: boolean
const either = Users.getInfo({ uids: ["1"], fields: isShort ? ["name"] : ["uid", "name"] })
check<Success<typeof either>[number], { readonly uid?: string | undefined; readonly name?: string | undefined }>(true)
const both = Users.getInfo({ uids: ["1"], fields: isShort ? ["uid"] : ["name", "uid"] })
check<Success<typeof both>[number], { readonly uid: string; readonly name?: string | undefined }>(true)
declare const one: "uid" | "age"
const chosenOne = Users.getInfo({ uids: ["1"], fields: ["name", one] })
check<
  Success<typeof chosenOne>[number],
  { readonly uid?: string | undefined; readonly name?: string | undefined; readonly age?: number | undefined }
>(true)
const derivedEither = OkClient.derive({ users: Users }).users.getInfo({ uids: ["1"], fields: ["name", one] })
check<Success<typeof derivedEither>, Success<typeof chosenOne>>(true)

// @ts-expect-error no such field
Users.getInfo({ uids: ["1"], fields: ["shoe_size"] })

// Names may have their kind in front. Whose photos they are, a user's or a group's, makes no difference to what comes.
const photos = Photos.getPhotos({ fields: ["photo.id", "group_photo.id", "photo.pic_max"] })
check<Success<typeof photos>["photos"][number], { readonly id: string; readonly pic_max?: string | undefined }>(true)

const ofUsers = Photos.getPhotos({ fields: ["photo.id", "photo.pic_max"] })
check<
  Success<typeof ofUsers>["photos"][number],
  { readonly id?: string | undefined; readonly pic_max?: string | undefined }
>(true)

// A star asks for all there is, and so does a name that is no key of the answer.
const starred = Photos.getPhotos({ fields: ["photo.id", "photo.*"] })
check<Success<typeof starred>["photos"][number], Photo>(true)
const unlisted = Photos.getPhotos({ fields: ["photo.id", OkParam.unlisted("photo.new")] })
check<Success<typeof unlisted>["photos"][number], Photo>(true)

// Names of another kind ask for the objects that come along, and leave the model alone.
const topics = Mediatopic.getByIds({ topic_ids: ["1"], fields: ["media_topic.id", "created_ms", "user.name"] })
check<
  Success<typeof topics>["media_topics"][number],
  { readonly id: string; readonly created_ms?: number | undefined }
>(true)

// A discussion that is not there is still absent; what is beside the model stays.
const discussion = Discussions.get({
  discussionId: "1",
  discussionType: "GROUP_TOPIC",
  fields: ["discussion.object_id", "discussion.title", "group.*"]
})
check<
  Success<typeof discussion>["discussion"],
  { readonly object_id: string; readonly title?: string | undefined } | undefined
>(true)
check<
  Success<typeof discussion>["entities"],
  Success<ReturnType<typeof Discussions.get>>["entities"]
>(true)

// The model may stand deeper.
const catalogue = Apps.getPlatformCatalogNodesTop({ fields: ["appId", "name"] })
check<
  Success<typeof catalogue>["nodes"][number]["apps"][number],
  { readonly appId?: string | undefined; readonly name?: string | undefined }
>(true)
check<Success<typeof catalogue>["nodes"][number]["anchor"], string | undefined>(true)

// @ts-expect-error a discussion has no such field
Discussions.getList({ fields: ["discussion.shoe_size"] })

// ---------------------------------------------------------------------------------------------------------------------
// The same call under another interpreter
// ---------------------------------------------------------------------------------------------------------------------

const raw = friends.pipe(OkCall.passError)
// Nothing is decoded, and an error of the API is a value: what can fail is the request.
check<Success<typeof raw>, Json.Json>(true)
check<
  Failure<typeof raw>,
  OkError.OkParameterError | OkError.OkSigningError | OkError.OkSessionError | OkError.OkTransportError
>(true)
check<Needs<typeof raw>, Needs<typeof friends>>(true)

// @ts-expect-error after `map` there is no call any more, and no body
friends.pipe(Effect.map((ids) => ids.length), OkCall.passError)

// What a policy takes care of is no failure any more.
const known = friends.pipe(OkPolicy.fallback(() => Effect.succeed(null)))
check<Success<typeof known>, ReadonlyArray<string> | null>(true)
check<Failure<typeof known>, Exclude<OkError.OkError, OkError.OkTransportError | OkError.OkServiceError>>(true)

const api = OkClient.derive({ friends: Friends, users: Users })
check<ReturnType<typeof api.friends.get>, Effect.Effect<ReadonlyArray<string>, OkError.OkError, Needs<typeof friends>>>(
  true
)
const rawApi = OkClient.derive({ friends: Friends, users: Users }, OkClient.passError)
check<ReturnType<typeof rawApi.friends.get>, Effect.Effect<Json.Json, OkError.OkRequestError, Needs<typeof friends>>>(
  true
)
// Fields narrow here, too, and where nothing is decoded there is nothing to narrow.
const derived = api.users.getInfo({ uids: ["1"], fields: ["uid", "first_name"] })
check<Success<typeof derived>, Success<typeof named>>(true)
const rawDerived = rawApi.users.getInfo({ uids: ["1"], fields: ["uid", "first_name"] })
check<Success<typeof rawDerived>, Json.Json>(true)

// The whole API, in OK.ru's own names.
const whole = OkClient.derive(Api)
const deleted = whole.bookmark.delete({ ref_id: "1", bookmark_type: "GROUP" })
check<Failure<typeof deleted>, OkError.OkError>(true)
const rawWhole = OkClient.derive(Api, OkClient.passError)
check<Success<ReturnType<typeof rawWhole.bookmark.delete>>, Json.Json>(true)

// @ts-expect-error a model is no method
void api.friends.Birthday

// What the library does not know has arbitrary parameters, and JSON for an answer.
const untyped = OkMethod.untyped("group.newMethod")({ gid: "51", count: 10 })
check<Success<typeof untyped>, Json.Json>(true)

// ---------------------------------------------------------------------------------------------------------------------
// Failures leave the type when they are handled
// ---------------------------------------------------------------------------------------------------------------------

const handled = friends.pipe(Effect.catchTag("OkSessionExpired", () => Effect.succeed([])))
check<Failure<typeof handled>, Exclude<OkError.OkError, OkError.OkSessionExpired>>(true)

const throttled = new OkError.OkThrottled({ method: "friends.get", code: 8 })
check<typeof throttled.reason, "FLOOD_BLOCKED" | "LIMIT_REACHED" | "TOTAL_LIMIT_REACHED" | "DUPLICATE_PAYMENT">(true)
// @ts-expect-error code 102 is another kind
OkError.OkThrottled.make({ method: "friends.get", code: 102 })

// ---------------------------------------------------------------------------------------------------------------------
// Pages
// ---------------------------------------------------------------------------------------------------------------------

const members = Group.getMembers.stream({ uid: "51", count: 100 })
check<
  typeof members,
  Stream.Stream<
    Success<ReturnType<typeof Group.getMembers>>["members"][number],
    OkError.OkError,
    OkClient.OkClient | OkSession.OkSession
  >
>(true)
