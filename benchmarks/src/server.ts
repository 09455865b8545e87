/**
 * The other side: answers on a port of 127.0.0.1 with texts that are ready, as fast as Node lets it. It reads of a request
 * what it needs to find its end and to choose an answer, on the bare socket: `node:http` would cost more than the clients.
 */
import { createServer, type Server, type Socket } from "node:net"
import { createInterface } from "node:readline"
import { pathToFileURL } from "node:url"
import { currentUser } from "./answer.js"
import type { ServerCommand } from "./protocol.js"

const response = (body: string): Buffer =>
  Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=utf-8\r\nContent-Length: ${
      Buffer.byteLength(body)
    }\r\n\r\n${body}`
  )

const oneUser = response(currentUser)
// As the API of VK wraps it.
const wrapped = response(`{"response":${currentUser}}`)

const answerTo = (request: string): Buffer => request.startsWith("POST /method/") ? wrapped : oneUser

interface Gate {
  readonly send: (socket: Socket, answer: Buffer) => void
  readonly hold: () => void
  readonly release: () => void
}

const makeGate = (): Gate => {
  let held: Array<() => void> | undefined
  return {
    send: (socket, answer) => {
      if (held === undefined) {
        socket.write(answer)
      } else {
        held.push(() => socket.write(answer))
      }
    },
    hold: () => {
      held ??= []
    },
    release: () => {
      const answers = held ?? []
      held = undefined
      answers.forEach((answer) => answer())
    }
  }
}

const headEnd = "\r\n\r\n"

const serve = (socket: Socket, gate: Gate): void => {
  let received = ""
  socket.setNoDelay(true)
  socket.setEncoding("latin1")
  // A client that is ended in the middle of a call.
  socket.on("error", () => socket.destroy())
  socket.on("data", (chunk: string) => {
    received = received === "" ? chunk : received + chunk
    for (;;) {
      const end = received.indexOf(headEnd)
      if (end < 0) {
        return
      }
      const head = received.slice(0, end).toLowerCase()
      const length = /\r\ncontent-length: *(\d+)/.exec(head)
      const size = end + headEnd.length + (length === null ? 0 : Number(length[1]))
      if (received.length < size) {
        return
      }
      const request = received.slice(0, size)
      received = received.slice(size)
      gate.send(socket, answerTo(request))
      if (head.includes("\r\nconnection: close")) {
        socket.end()
      }
    }
  })
}

/** Listens on a free port. */
export const listen = (): Promise<{ readonly origin: string; readonly server: Server; readonly gate: Gate }> =>
  new Promise((resolve, reject) => {
    const gate = makeGate()
    const server = createServer((socket) => serve(socket, gate))
    server.on("error", reject)
    server.listen({ port: 0, host: "127.0.0.1", backlog: 1024 }, () => {
      const address = server.address()
      resolve({ origin: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`, server, gate })
    })
  })

const main = async () => {
  const { gate, origin } = await listen()
  process.stdout.write(`${JSON.stringify({ origin })}\n`)
  for await (const line of createInterface({ input: process.stdin })) {
    const command: ServerCommand = JSON.parse(line)
    gate[command._tag === "Hold" ? "hold" : "release"]()
    process.stdout.write("{\"done\":true}\n")
  }
  process.exit()
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main()
}
