// Every setting of the tape on the frame that is looked at, or on footage of one's own: what is shown was made by the
// tape itself, on the server.

import { html } from 'htm/preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { counted, frameAt, get, latest, post, send } from './api.js'
import { shown } from './chart.js'
import { Scope } from './scope.js'

const LARGEST = 64
const MOST_BESIDE = 6

// Settings in the order in which a signal goes through them; what comes before the dot of a name says where it belongs.
const GROUPS = [
  ['Signal', ['system', 'speed', 'fields', 'generations']], ['Brightness', ['luma', 'snow']], ['Colour', ['chroma', 'composite']],
  ['Dropouts', ['drop']], ['Tracking and heads', ['track', 'head']], ['Edges and sync', ['wave', 'jitter', 'sync']],
  ['Machine', ['pause', 'transport', 'osd']], ['Display', ['out']], ['Sound', ['audio']],
]

export function grouped(rows) {
  const parts = GROUPS.map(([title, names]) => [title, rows.filter((row) => names.includes(row.id.split('.')[0]))])
  const named = GROUPS.flatMap(([, names]) => names)
  return [...parts, ['More', rows.filter((row) => !named.includes(row.id.split('.')[0]))]].filter(([, found]) => found.length)
}

const plain = (value) => Number(Number(value).toPrecision(4))

const KINDS = { start: 'starts: it comes up to speed', stop: 'stops: it runs down', eaten: 'eats the tape' }
const eventsOf = (value) => value.map((each) => (Array.isArray(each) ? { kind: each[0], from: each[1], to: each[2] } : each))
const hundredth = (seconds) => Math.round(seconds * 100) / 100

// An event begins before it ends: the end that is not being moved gives way.
function moved(event, end, seconds) {
  const long = Math.max(0.1, event.to - event.from)
  if (end === 'from') return { ...event, from: seconds, to: seconds < event.to ? event.to : hundredth(seconds + long) }
  const to = Math.max(0.1, seconds)
  return { ...event, to, from: event.from < to ? event.from : hundredth(Math.max(0, to - long)) }
}

// What happens to the tape while it is played, and when.
function Events({ row, value, set, now }) {
  const all = eventsOf(value)
  const put = (place, event) => set(all.map((each, k) => (k === place ? event : each)))
  const seconds = (event, place, end, text) => { if (text !== '') put(place, moved(event, end, hundredth(Math.min(row.range[1], Math.max(row.range[0], Number(text)))))) }
  return html`<ul class="events" aria-label=${row.label}>
    ${all.map((each, place) => html`<li key=${place}>
      <select aria-label=${`Event ${place + 1}: the machine`} value=${each.kind} onChange=${(event) => put(place, { ...each, kind: event.target.value })}>
        ${row.choices.map((kind) => html`<option value=${kind}>${KINDS[kind] ?? kind}</option>`)}</select>
      ${['from', 'to'].map((end) => html`<label>${end} <input type="number" min="0" step="0.1" value=${each[end]} aria-label=${`Event ${place + 1}, ${end}, seconds`}
        onChange=${(event) => seconds(each, place, end, event.target.value)} /> s</label>`)}
      <button class="back" aria-label=${`Remove event ${place + 1}`} onClick=${() => set(all.filter((_each, k) => k !== place))}>×</button></li>`)}
    <li><button onClick=${() => set([...all, { kind: row.choices.at(-1), from: hundredth(now), to: hundredth(now + 2) }])}>Add one at ${now.toFixed(1)} s</button>
      ${all.length === 0 && html`<small>none</small>`}</li></ul>`
}

function Setting({ row, value, changed, set, now }) {
  const id = `set-${row.id}`
  const label = html`<label for=${id} title=${row.help}>${row.label}${row.unit && html` <small>${row.unit}</small>`}${changed && html` <button class="back" title="as the preset has it" aria-label=${`${row.label} as the preset has it`} onClick=${() => set(undefined)}>↺</button>`}</label>`
  const line = (control, last) => html`<div class=${`setting ${changed ? 'changed' : ''}`} title=${row.allowed}>${label}${control}${last}</div>`
  if (row.kind === 'events')
    return html`<div class=${`setting wide ${changed ? 'changed' : ''}`} title=${row.allowed}><span title=${row.help}>${row.label} <small>${row.unit}</small>${changed && html` <button class="back" title="as the preset has it" aria-label=${`${row.label} as the preset has it`} onClick=${() => set(undefined)}>↺</button>`}</span><${Events} row=${row} value=${value} set=${set} now=${now} /></div>`
  if (row.kind === 'switch') return line(html`<input id=${id} type="checkbox" checked=${value} onChange=${(event) => set(event.target.checked)} />`)
  if (row.kind === 'choice')
    return line(html`<select id=${id} value=${value} onChange=${(event) => set(event.target.value)}>
      ${row.choices.map((each) => html`<option value=${each}>${each}</option>`)}</select>`)
  if (row.kind === 'text') return line(html`<input id=${id} value=${value} onChange=${(event) => set(event.target.value)} />`)
  if (row.kind === 'span') {
    const at = value ?? ['', '']
    const ends = (place, text) => {
      const both = at.map((each, k) => (k === place ? text : each))
      if (both.every((each) => each === '')) set(null)
      else set(both.map((each) => (each === '' ? 0 : Number(each))))
    }
    return line(html`<span class="ends"><input id=${id} type="number" step="any" value=${at[0]} placeholder=${row.none} aria-label=${`${row.label} from`} onChange=${(event) => ends(0, event.target.value)} /> to
      <input type="number" step="any" value=${at[1]} aria-label=${`${row.label} to`} onChange=${(event) => ends(1, event.target.value)} /></span>`)
  }
  if ((row.kind === 'number' || row.kind === 'integer') && row.range) {
    const [low, high] = row.range
    const step = row.kind === 'integer' ? 1 : (high - low) / 200
    const typed = (text) => {
      if (text === '' && row.none) set(null)
      else if (text !== '') set(Math.min(high, Math.max(low, Number(text))))
    }
    return line(
      html`<span class="range"><input id=${id} type="range" min=${low} max=${high} step=${step} value=${value ?? low} class=${value === null ? 'none' : ''} aria-valuetext=${value === null ? row.none : undefined}
        onInput=${(event) => set(Number(event.target.value))} /><small aria-hidden="true"><i>${shown(low)}</i><i>${shown(high)}</i></small></span>`,
      html`<span class="exact"><input type="number" min=${low} max=${high} step="any" value=${value === null ? '' : plain(value)} placeholder=${row.none ? 'none' : ''} aria-label=${`${row.label}, exactly`}
        onChange=${(event) => typed(event.target.value)} />${row.none && html`<small>${value === null ? row.none : html`<button class="back" onClick=${() => set(null)}>${row.none}</button>`}</small>`}</span>`,
    )
  }
  return html`<div class="setting"><span title=${row.help}>${row.label}</span><small>${row.allowed}; in a preset's file</small></div>`
}

// A still through a tape, asked for anew whenever something of it changes; the latest answer stays.
function Taped({ what, preset, changes, width, label, ratio, ready, complain }) {
  const [shown, setShown] = useState('')
  const there = useRef(true)
  const ask = useRef()
  ask.current ??= latest(async (wanted) => {
    try {
      const answer = await post('api/tape', wanted)
      const picture = URL.createObjectURL(await answer.blob())
      if (!there.current) return URL.revokeObjectURL(picture)
      setShown((old) => { URL.revokeObjectURL(old); return picture })
      complain('')
    } catch (error) {
      if (there.current) complain(error.message)
    }
    return undefined
  })
  useEffect(() => () => { there.current = false }, [])
  useEffect(() => {
    if (ready) ask.current({ ...what, preset, changes, ...(width ? { width } : {}) })
  }, [JSON.stringify(what), preset, JSON.stringify(changes), width, ready])
  return shown
    ? html`<img src=${shown} alt=${label} data-frame=${what.frame} style=${{ aspectRatio: ratio }} />`
    : html`<div class="blank" style=${{ aspectRatio: ratio }} role="status">${ready ? '…' : 'The tape is being prepared for this machine, once; that takes a minute.'}</div>`
}

// Plays footage from the frame that is looked at: with its sound, as it is or through the tape, where it has one.
function Play({ mine, at, preset, changes, go, complain, active }) {
  const [state, setState] = useState('')
  const ended = useRef(null)
  const stop = () => { ended.current?.(); ended.current = null; setState('') }
  useEffect(() => stop, [mine.number, preset, JSON.stringify(changes), active])
  const play = async (taped) => {
    stop()
    setState(taped ? 'taped' : 'plain')
    let wanted = true
    let timer
    let sound
    ended.current = () => { wanted = false; cancelAnimationFrame(timer); if (sound) { sound.pause(); URL.revokeObjectURL(sound.src) } }
    try {
      if (mine.sound) {
        const answer = await post('api/tape/sound', { own: mine.number, frame: at, ...(taped ? { preset, changes } : {}) })
        sound = new Audio(URL.createObjectURL(await answer.blob()))
        if (!wanted) return URL.revokeObjectURL(sound.src)
        await sound.play()
      }
      const began = performance.now()
      const step = () => {
        if (!wanted) return
        const seconds = sound ? sound.currentTime : (performance.now() - began) / 1000
        const to = at + Math.floor(seconds * mine.fps)
        go(Math.min(to, mine.frames - 1))
        if (sound ? sound.ended : to >= mine.frames) stop()
        else timer = requestAnimationFrame(step)
      }
      if (wanted) timer = requestAnimationFrame(step)
    } catch (error) {
      stop()
      if (error.name === 'NotAllowedError') complain('This browser plays no sound before the page was clicked: click somewhere, then play.')
      else if (error.name !== 'AbortError') complain(error.message)
    }
    return undefined
  }
  return html`<span class="kinds">${state
    ? html`<button onClick=${stop}>❚❚ Stop</button>`
    : html`<button onClick=${() => play(true)}>▶ On tape</button><button onClick=${() => play(false)}>▶ As it is</button>`}</span>
    <small>${mine.sound ? 'with its sound, 20 s at a time' : 'it has no sound'}</small>`
}

function Save({ preset, changes, complain, saved }) {
  const [name, setName] = useState('')
  const [title, setTitle] = useState('')
  const [there, setThere] = useState(false)
  const [told, setTold] = useState('')
  const row = useRef()
  useEffect(() => { if (told) row.current.scrollIntoView({ block: 'nearest' }) }, [told])
  const save = async (over) => {
    try {
      const answer = await (await post('api/tape/save', { name, title, preset, changes, over })).json()
      setTold(`saved as ${answer.folder}/${answer.name}`)
      setThere(false)
      complain('')
      saved(answer.name)
    } catch (error) {
      setThere(error.conflict)
      setTold('')
      complain(error.message)
    }
  }
  return html`
    <div class="make" role="group" aria-label="Save as a preset">
      <label>Name <input value=${name} placeholder="my-tape" onInput=${(event) => { setName(event.target.value); setThere(false) }} /></label>
      <label>Title <input value=${title} onInput=${(event) => setTitle(event.target.value)} /></label>
      <button disabled=${!name} onClick=${() => save(false)}>Save as a preset</button>
      ${there && html`<button class="danger" onClick=${() => save(true)}>Write over it</button>`}
      <span role="status" ref=${row}>${told}</span>
    </div>`
}

function Own({ own, pick, complain }) {
  const [over, setOver] = useState(false)
  const take = async (files) => {
    for (const file of files) {
      if (file.size > LARGEST * 2 ** 20) {
        complain(`${file.name} is larger than ${LARGEST} MB; open it with \`tapehead tape gui FILE\``)
        return
      }
      try {
        const told = await (await send(`api/own?name=${encodeURIComponent(file.name)}`, file)).json()
        complain('')
        pick(told.number)
      } catch (error) {
        complain(error.message)
      }
    }
  }
  return html`
    <div class=${`drop ${over ? 'over' : ''}`} onDragOver=${(event) => { event.preventDefault(); setOver(true) }} onDragLeave=${() => setOver(false)}
      onDrop=${(event) => { event.preventDefault(); setOver(false); take([...event.dataTransfer.files]) }}>
      <span>Drop a picture or a video of your own here <small>(${LARGEST} MB at most)</small></span>
      <label class="button">Choose a file
        <input type="file" class="unseen" accept="image/*,video/*" onChange=${(event) => { take([...event.target.files]); event.target.value = '' }} /></label>
      ${own.length > 0 && html`<span>${counted(own.length, 'file')} of your own</span>`}
    </div>`
}

export function Tape({ scene, frame, film, own, first, ready, active = true }) {
  const [names, setNames] = useState([])
  const [preset, setPreset] = useState(first ?? 'sp')
  const [known, setKnown] = useState(null)
  const [changes, setChanges] = useState({})
  const [all, setAll] = useState(false)
  const [view, setView] = useState('settings')
  const [beside, setBeside] = useState(['sp', 'worn', 'memory'])
  const [source, setSource] = useState(scene ? 0 : (own[0]?.number ?? 0))
  const [place, setPlace] = useState(0)
  const [fault, setFault] = useState('')
  const [begun, setBegun] = useState('')
  const ask = () => get('api/tapes').then(setNames, (error) => setFault(error.message))
  useEffect(() => { ask() }, [])
  useEffect(() => {
    setChanges({})
    get(`api/tapes/${encodeURIComponent(preset)}`).then(setKnown, (error) => setFault(error.message))
  }, [preset])
  const mine = own.find((each) => each.number === source) ?? (scene ? undefined : own[0])
  const at = mine ? Math.min(place, mine.frames - 1) : frame
  const now = at / (mine ? mine.fps : (film?.fps ?? 30))
  const what = mine ? { own: mine.number, frame: at } : scene && { scene: scene.name, frame, key: scene.master }
  const ratio = mine ? `${mine.width} / ${mine.height}` : film ? `${film.width} / ${film.height}` : '4 / 3'
  const rows = (known?.settings ?? []).filter((row) => all || row.easy || row.id in changes)
  const put = () => post('api/tape/apply', { own: mine.number, preset, changes }).then(
    () => setBegun(`${mine.name} is put on tape; the queue says how far it is`), (error) => setFault(error.message))
  const changed = Object.keys(changes).length > 0
  return html`
    <${Own} own=${own} complain=${setFault} pick=${(number) => { setSource(number); setPlace(0) }} />
    ${own.length > 0 && html`<div class="tools"><label>Picture <select value=${mine?.number ?? 0} onChange=${(event) => { setSource(Number(event.target.value)); setPlace(0) }}>
      ${scene && html`<option value="0">the frame of the film</option>`}
      ${own.map((each) => html`<option value=${each.number}>${each.name}</option>`)}</select></label>
      ${mine && html`<button onClick=${put}>Put all of it on tape</button>`}
      ${mine && mine.frames > 1 && html`<${Play} mine=${mine} at=${at} preset=${preset} changes=${changes} go=${setPlace} complain=${setFault} active=${active} />`}<span role="status">${begun}</span></div>`}
    ${mine && mine.frames > 1 && html`<label class="setting"><span>Frame</span><input type="range" aria-label="Frame of the footage" min="0" max=${mine.frames - 1} value=${at}
      onInput=${(event) => setPlace(Number(event.target.value))} /><output>${(at / mine.fps).toFixed(2)} s</output></label>`}
    ${mine?.notes.map((note) => html`<p class="note">${note}</p>`)}
    <div class="tools">
      <label>Preset <select aria-label="Preset" value=${preset} onChange=${(event) => setPreset(event.target.value)}>
        ${names.map((each) => html`<option value=${each.name}>${each.name}: ${each.title}</option>`)}</select></label>
      <button disabled=${!changed} onClick=${() => setChanges({})}>Undo all changes</button>
      <span class="kinds" role="group" aria-label="View">${[['settings', 'Settings'], ['beside', 'Side by side'], ['scope', 'Measure']].map(([name, title]) => html`
        <button aria-pressed=${view === name} onClick=${() => setView(name)}>${title}</button>`)}</span>
    </div>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    ${!what && html`<p class="note">No picture yet.</p>`}
    ${known && !known.settings.length && view !== 'beside' && html`<p class="note">“${preset}” has nothing to set${scene && preset === film?.tape ? ': this film has no tape' : ''}. Choose another preset to see one.</p>`}
    ${what && view !== 'beside' && html`<div class="beside pair">
      <figure><img style=${{ aspectRatio: ratio }} src=${mine ? `api/own/${mine.number}/${at}.png` : frameAt(scene, frame, { tape: 'off' })} alt="Before" /><figcaption>as it is</figcaption></figure>
      <figure><${Taped} what=${what} preset=${preset} changes=${changes} ratio=${ratio} ready=${ready} label="After" complain=${setFault} /><figcaption>on tape</figcaption></figure>
    </div>`}
    ${what && view === 'beside' && html`
      <fieldset class="several"><legend>Presets side by side</legend>${names.map((each) => html`
        <label><input type="checkbox" checked=${beside.includes(each.name)} disabled=${!beside.includes(each.name) && beside.length >= MOST_BESIDE}
          onChange=${(event) => setBeside(event.target.checked ? [...beside, each.name] : beside.filter((name) => name !== each.name))} /> ${each.name}</label>`)}</fieldset>
      <div class="beside many">
        <figure><${Taped} what=${what} preset=${preset} changes=${changes} width=${640} ratio=${ratio} ready=${ready} label="As it is set" complain=${setFault} /><figcaption>${preset}${changed ? ', changed' : ''}: what is set here</figcaption></figure>
        ${beside.map((name) => html`<figure key=${name}><${Taped} what=${what} preset=${name} changes=${{}} width=${640} ratio=${ratio} ready=${ready} label=${name} complain=${setFault} />
          <figcaption><button onClick=${() => { setPreset(name); setView('settings') }}>${name}</button></figcaption></figure>`)}
      </div>`}
    ${view === 'scope' && html`<${Scope} preset=${preset} changes=${changes} />`}
    ${view !== 'beside' && known?.settings.length > 0 && html`
      <label class="check"><input type="checkbox" checked=${all} onChange=${(event) => setAll(event.target.checked)} /> all ${known.settings.length} settings</label>
      ${grouped(rows).map(([title, found]) => html`<fieldset class="settings" key=${title}><legend>${title}</legend>
        ${found.map((row) => html`<${Setting} key=${row.id} row=${row} value=${row.id in changes ? changes[row.id] : row.value} changed=${row.id in changes} now=${now}
          set=${(value) => {
            const { [row.id]: _old, ...others } = changes
            setChanges(value === undefined ? others : { ...others, [row.id]: value })
          }} />`)}</fieldset>`)}
      <${Save} preset=${preset} changes=${changes} complain=${setFault} saved=${ask} />`}`
}
