import { OkConfig } from "@effect-okru/core"
import { describe, expect, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { failure, leaks } from "./support.js"

const from = (entries: { readonly [name: string]: string }) =>
  OkConfig.OkConfig.pipe(
    Effect.provide(OkConfig.layerConfig()),
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(entries))))
  )

const required = { OKRU_APPLICATION_ID: "1", OKRU_APPLICATION_KEY: "TEST-KEY" }

describe("OkConfig.layer", () => {
  it.effect("has the addresses of OK.ru and no secret unless it is given others", () =>
    Effect.gen(function*() {
      const config = yield* OkConfig.OkConfig
      expect(config.apiUrl).toBe("https://api.ok.ru")
      expect(config.connectUrl).toBe("https://connect.ok.ru")
      expect(Option.isNone(config.applicationSecretKey)).toBe(true)
      expect(config.applicationId).toBe("1")
      expect(config.applicationKey).toBe("TEST-KEY")
    }).pipe(Effect.provide(OkConfig.layer({ applicationId: "1", applicationKey: "TEST-KEY" }))))

  it("cuts off the slashes at the end of an address", () => {
    const config = OkConfig.make({
      applicationId: "1",
      applicationKey: "TEST-KEY",
      apiUrl: "http://127.0.0.1:1/api//",
      connectUrl: "http://127.0.0.1:2/"
    })
    expect(config.apiUrl).toBe("http://127.0.0.1:1/api")
    expect(config.connectUrl).toBe("http://127.0.0.1:2")
  })

  it.each([
    "api.ok.ru",
    "htps://api.ok.ru",
    "ftp://api.ok.ru",
    "https://",
    "https:///path",
    "http://test-user:test-password@127.0.0.1:1"
  ])(
    "takes no address that no client can send to, and does not repeat it: %s",
    (address) => {
      const application = { applicationId: "1", applicationKey: "TEST-KEY" }
      for (const name of ["apiUrl", "connectUrl"] as const) {
        expect(() => OkConfig.make({ ...application, [name]: address })).toThrow(
          new RegExp(`^${name} .* must be an address, https://… or http://…, without a user name and a query`)
        )
        expect(() => OkConfig.make({ ...application, [name]: address })).not.toThrow("test-password")
      }
    }
  )

  it("takes a path for the address of the API, and for that alone", () => {
    const application = { applicationId: "1", applicationKey: "TEST-KEY" }
    expect(OkConfig.make({ ...application, apiUrl: "/ok/" }).apiUrl).toBe("/ok")
    expect(() => OkConfig.make({ ...application, connectUrl: "/connect" })).toThrow("connectUrl")
  })

  it("does not print the secret", () => {
    const config = OkConfig.make({
      applicationId: "1",
      applicationKey: "TEST-KEY",
      applicationSecretKey: Redacted.make("test-planted-secret")
    })
    expect(Option.map(config.applicationSecretKey, Redacted.value)).toEqual(Option.some("test-planted-secret"))
    expect(leaks(config, "test-planted-secret")).toEqual([])
  })
})

describe("OkConfig.layerConfig", () => {
  it.effect("reads the names of OKRU", () =>
    Effect.gen(function*() {
      const config = yield* from({
        ...required,
        OKRU_APPLICATION_SECRET_KEY: "test-secret",
        OKRU_API_URL: "http://127.0.0.1:1/",
        OKRU_CONNECT_URL: "http://127.0.0.1:2"
      })
      expect(config.applicationId).toBe("1")
      expect(config.applicationKey).toBe("TEST-KEY")
      expect(Option.map(config.applicationSecretKey, Redacted.value)).toEqual(Option.some("test-secret"))
      expect(config.apiUrl).toBe("http://127.0.0.1:1")
      expect(config.connectUrl).toBe("http://127.0.0.1:2")
    }))

  it.effect("does with the id and the key alone", () =>
    Effect.gen(function*() {
      const config = yield* from(required)
      expect(Option.isNone(config.applicationSecretKey)).toBe(true)
      expect(config.apiUrl).toBe("https://api.ok.ru")
      expect(config.connectUrl).toBe("https://connect.ok.ru")
    }))

  it.effect.each(["OKRU_APPLICATION_ID", "OKRU_APPLICATION_KEY"])(
    "fails without %s, and with an empty one",
    (name) =>
      Effect.gen(function*() {
        const rest = Object.fromEntries(Object.entries(required).filter(([other]) => other !== name))
        expect(String(yield* failure(from(rest)))).toContain(name)
        expect(String(yield* failure(from({ ...rest, [name]: "" })))).toContain(name)
      })
  )

  it.effect.each(["OKRU_API_URL", "OKRU_CONNECT_URL"])(
    "fails where %s is no address",
    (name) =>
      Effect.gen(function*() {
        const error = yield* failure(from({ ...required, [name]: "ok.ru" }))
        expect(String(error)).toContain(name)
        expect(String(error)).toContain("must be an address")
      })
  )

  it.effect("takes an empty secret for none", () =>
    Effect.gen(function*() {
      const config = yield* from({ ...required, OKRU_APPLICATION_SECRET_KEY: "" })
      expect(Option.isNone(config.applicationSecretKey)).toBe(true)
    }))

  it.effect("reads names of your own", () =>
    Effect.gen(function*() {
      const config = yield* OkConfig.OkConfig
      expect(config.applicationId).toBe("7")
      expect(Option.map(config.applicationSecretKey, Redacted.value)).toEqual(Option.some("test-own-secret"))
    }).pipe(
      Effect.provide(OkConfig.layerConfig({
        applicationId: Config.string("MY_ID"),
        applicationKey: Config.string("MY_KEY"),
        applicationSecretKey: Config.redacted("MY_SECRET")
      })),
      Effect.withConfigProvider(
        ConfigProvider.fromMap(new Map([["MY_ID", "7"], ["MY_KEY", "TEST-KEY"], ["MY_SECRET", "test-own-secret"]]))
      )
    ))
})
