// A real S3-speaking server (s3rver) behind a door that lets in only what is rightly signed: s3rver
// 3.7 does not look at signatures of version 4, so the door makes each one anew (aws4) and compares,
// and the hash of the body with the one that was signed.
//
//   node s3_server.mjs FOLDER
//
// Prints the address of the door.  The bucket is konkurs, the key KEY, the secret SECRET.  While
// FOLDER/away is there, nobody is answered; FOLDER/log has a line per request.  Who gets an object
// while FOLDER/hold is there makes FOLDER/held of it and waits until that is gone; others pass.

import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import http from 'node:http'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const aws4 = require('aws4')
const S3rver = require('s3rver')

const KEY = 'KEY'
const SECRET = 'SECRET/with+signs:in=it'
const folder = process.argv[2]

mkdirSync(`${folder}/objects`, { recursive: true })
const s3 = new S3rver({
  address: '127.0.0.1', port: 0, silent: true, directory: `${folder}/objects`, allowMismatchedSignatures: true,
  configureBuckets: [{ name: 'konkurs' }],
})
const { port } = await s3.run()

const read = async (stream) => {
  const parts = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}

// What is wrong with a request: a code of S3, or nothing.
const fault = (request, body) => {
  const sent = request.headers.authorization ?? ''
  const parts = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=[0-9a-f]{64}$/
    .exec(sent)
  if (!parts) return 'AccessDenied'
  if (parts[1] !== KEY) return 'InvalidAccessKeyId'
  const hash = request.headers['x-amz-content-sha256']
  if (hash !== createHash('sha256').update(body).digest('hex')) return 'XAmzContentSHA256Mismatch'
  const names = parts[3].split(';')
  for (const must of ['host', 'x-amz-content-sha256', 'x-amz-date']) if (!names.includes(must)) return 'AccessDenied'
  const headers = Object.fromEntries(names.map((name) => [name, request.headers[name]]))
  const signer = new aws4.RequestSigner(
    { service: 's3', region: parts[2], method: request.method, path: request.url, headers, doNotModifyHeaders: true },
    { accessKeyId: KEY, secretAccessKey: SECRET })
  signer.datetime = request.headers['x-amz-date'] // or it takes the instant of now
  return signer.sign().headers.Authorization === sent ? undefined : 'SignatureDoesNotMatch'
}

const hold = async () => {
  renameSync(`${folder}/hold`, `${folder}/held`)
  while (existsSync(`${folder}/held`)) await new Promise((done) => setTimeout(done, 20))
}

const door = http.createServer(async (request, answer) => {
  if (existsSync(`${folder}/away`)) return request.socket.destroy()
  const body = await read(request)
  if (request.method === 'GET' && existsSync(`${folder}/hold`)) await hold()
  const code = fault(request, body)
  appendFileSync(`${folder}/log`, `${request.method} ${request.url} ${code ?? 'ok'}\n`)
  if (code) {
    answer.writeHead(403, { 'content-type': 'application/xml' })
    return answer.end(request.method === 'HEAD' ? '' : `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`)
  }
  const { authorization, expect, ...headers } = request.headers
  const on = http.request({ host: '127.0.0.1', port, method: request.method, path: request.url, headers }, (from) => {
    answer.writeHead(from.statusCode, from.headers)
    from.pipe(answer)
  })
  on.on('error', () => request.socket.destroy())
  on.end(body)
})
door.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${door.address().port}`))
