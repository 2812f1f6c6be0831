// What is asked of the server.  An answer that is no success becomes an error with the server's own sentence.

export class Refused extends Error {
  constructor(message, conflict) {
    super(message)
    this.conflict = conflict
  }
}

// Asks; a browser's own words for "nobody is there" help nobody.
async function asked(path, options) {
  try {
    return await fetch(path, options)
  } catch {
    throw new Refused('the studio does not answer: has `tapehead studio` ended? What was changed last may not be saved', false)
  }
}

async function checked(answer) {
  if (answer.ok) return answer
  let told = {}
  const text = await answer.text().catch(() => '')
  try {
    told = JSON.parse(text)
  } catch {
    told = { error: text.trim().slice(0, 300) || undefined } // a refusal is a sentence
  }
  throw new Refused(told.error ?? `the studio answered ${answer.status}`, Boolean(told.conflict))
}

export const get = async (path) => (await checked(await asked(path))).json()

export const send = async (path, body) => checked(await asked(path, { method: 'POST', body }))

export async function post(path, data = {}) {
  const answer = await asked(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(data),
  })
  return checked(answer)
}

// The address of a frame holds the key of its drawing, so that a browser may keep it and never shows an old one.
export const frameAt = (scene, index, { width = 0, tape = 'on' } = {}) =>
  `api/frame/${encodeURIComponent(scene.name)}/${index}.png?key=${scene.master}&tape=${tape}` +
  (width ? `&width=${width}` : '')

export const soundOf = (scene, line) =>
  `api/sound/${encodeURIComponent(scene.name)}/${encodeURIComponent(line.key)}.wav?key=${scene.master}`

// Does one thing at a time, and of what is wanted meanwhile the latest only: a slider that is dragged, a film that plays.
export function latest(work) {
  let busy = false
  let next
  const run = async (wanted) => {
    busy = true
    try {
      await work(wanted)
    } finally {
      busy = false
      if (next) {
        const [later] = next
        next = undefined
        run(later)
      }
    }
  }
  return (wanted) => {
    if (busy) next = [wanted]
    else run(wanted)
  }
}

export const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`

// Tells `changed` whenever something is new, and again after a lost connection was found.
export function listen(changed, connected) {
  let closed = false
  let socket
  const open = () => {
    socket = new WebSocket(`ws://${location.host}${location.pathname}api/events`)
    socket.onopen = () => {
      connected(true)
      changed()
    }
    socket.onmessage = changed
    socket.onclose = () => {
      connected(false)
      if (!closed) setTimeout(open, 1000)
    }
  }
  open()
  return () => {
    closed = true
    socket.close()
  }
}
