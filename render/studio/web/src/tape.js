// Every setting of the tape on the frame that is looked at, or on footage of one's own: what is shown was made by the
// tape itself, on the server.

import { html } from 'htm/preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { frameAt, get, post } from './api.js'
import { Scope } from './scope.js'

const LARGEST = 64
const MOST_BESIDE = 6

function Setting({ row, value, set }) {
  const id = `set-${row.id}`
  const label = html`<label for=${id} title=${row.help}>${row.label}${row.unit && html` <small>${row.unit}</small>`}</label>`
  if (row.kind === 'switch')
    return html`<div class="setting">${label}<input id=${id} type="checkbox" checked=${value} onChange=${(event) => set(event.target.checked)} /></div>`
  if (row.kind === 'choice')
    return html`<div class="setting">${label}<select id=${id} value=${value} onChange=${(event) => set(event.target.value)}>
      ${row.choices.map((each) => html`<option value=${each}>${each}</option>`)}</select></div>`
  if ((row.kind === 'number' || row.kind === 'integer') && row.range) {
    const [low, high] = row.range
    const step = row.kind === 'integer' ? 1 : (high - low) / 200
    return html`<div class="setting">${label}
      <input id=${id} type="range" min=${low} max=${high} step=${step} value=${value ?? low} onInput=${(event) => set(Number(event.target.value))} />
      <output>${value === null ? '–' : Number(value).toPrecision(3)}</output></div>`
  }
  return null
}

// A still through a tape, asked for anew whenever something of it changes; the latest answer stays.
function Taped({ what, preset, changes, width, label, complain }) {
  const [shown, setShown] = useState('')
  const asked = useRef(0)
  useEffect(() => {
    const number = (asked.current += 1)
    const later = setTimeout(async () => {
      try {
        const answer = await post('api/tape', { ...what, preset, changes, ...(width ? { width } : {}) })
        const picture = URL.createObjectURL(await answer.blob())
        if (number !== asked.current) return URL.revokeObjectURL(picture)
        setShown((old) => { URL.revokeObjectURL(old); return picture })
        complain('')
      } catch (error) {
        if (number === asked.current) complain(error.message)
      }
      return undefined
    }, 60)
    return () => clearTimeout(later)
  }, [JSON.stringify(what), preset, JSON.stringify(changes), width])
  return shown && html`<img src=${shown} alt=${label} data-frame=${what.frame} />`
}

function Save({ preset, changes, complain, saved }) {
  const [name, setName] = useState('')
  const [title, setTitle] = useState('')
  const [there, setThere] = useState(false)
  const [told, setTold] = useState('')
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
      <span role="status">${told}</span>
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
        const answer = await fetch(`api/own?name=${encodeURIComponent(file.name)}`, { method: 'POST', body: file })
        const told = await answer.json().catch(() => ({ error: `the studio answered ${answer.status}` }))
        if (!answer.ok) throw new Error(told.error)
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
      <label>Drop a picture or a video here, or choose one (${LARGEST} MB at most)
        <input type="file" accept="image/*,video/*" onChange=${(event) => { take([...event.target.files]); event.target.value = '' }} /></label>
      ${own.length > 0 && html`<span>${own.length} of your own</span>`}
    </div>`
}

export function Tape({ scene, frame, film, own, first }) {
  const [names, setNames] = useState([])
  const [preset, setPreset] = useState(film?.tape ?? first ?? 'sp')
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
  const what = mine ? { own: mine.number, frame: at } : scene && { scene: scene.name, frame, key: scene.master }
  const rows = (known?.settings ?? []).filter((row) => all || row.easy || row.id in changes)
  const put = () => post('api/tape/apply', { own: mine.number, preset, changes }).then(
    () => setBegun(`${mine.name} is put on tape; the queue says how far it is`), (error) => setFault(error.message))
  const changed = Object.keys(changes).length > 0
  return html`
    <${Own} own=${own} complain=${setFault} pick=${(number) => { setSource(number); setPlace(0) }} />
    ${own.length > 0 && html`<div class="tools"><label>Picture <select value=${mine?.number ?? 0} onChange=${(event) => { setSource(Number(event.target.value)); setPlace(0) }}>
      ${scene && html`<option value="0">the frame of the film</option>`}
      ${own.map((each) => html`<option value=${each.number}>${each.name}</option>`)}</select></label>
      ${mine && html`<button onClick=${put}>Put all of it on tape</button>`}<span role="status">${begun}</span></div>`}
    ${mine && mine.frames > 1 && html`<label class="setting"><span>Frame</span><input type="range" aria-label="Frame of the footage" min="0" max=${mine.frames - 1} value=${at}
      onInput=${(event) => setPlace(Number(event.target.value))} /><output>${(at / mine.fps).toFixed(2)} s</output></label>`}
    ${mine?.notes.map((note) => html`<p class="note">${note}</p>`)}
    <div class="tools">
      <label>Preset <select aria-label="Preset" value=${preset} onChange=${(event) => setPreset(event.target.value)}>
        ${names.map((each) => html`<option value=${each.name}>${each.name}: ${each.title}</option>`)}</select></label>
      <button disabled=${!changed} onClick=${() => setChanges({})}>As the preset</button>
      <span class="kinds" role="group" aria-label="View">${[['settings', 'Settings'], ['beside', 'Side by side'], ['scope', 'Measure']].map(([name, title]) => html`
        <button aria-pressed=${view === name} onClick=${() => setView(name)}>${title}</button>`)}</span>
    </div>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    ${!what && html`<p class="note">No picture yet.</p>`}
    ${what && view !== 'beside' && html`<div class="beside">
      <figure><img src=${mine ? `api/own/${mine.number}/${at}.png` : frameAt(scene, frame, { tape: 'off' })} alt="Before" /><figcaption>as it is</figcaption></figure>
      <figure><${Taped} what=${what} preset=${preset} changes=${changes} label="After" complain=${setFault} /><figcaption>on tape</figcaption></figure>
    </div>`}
    ${what && view === 'beside' && html`
      <fieldset class="several"><legend>Presets side by side</legend>${names.map((each) => html`
        <label><input type="checkbox" checked=${beside.includes(each.name)} disabled=${!beside.includes(each.name) && beside.length >= MOST_BESIDE}
          onChange=${(event) => setBeside(event.target.checked ? [...beside, each.name] : beside.filter((name) => name !== each.name))} /> ${each.name}</label>`)}</fieldset>
      <div class="beside many">
        <figure><${Taped} what=${what} preset=${preset} changes=${changes} width=${640} label="As it is set" complain=${setFault} /><figcaption>${preset}${changed ? ', changed' : ''}</figcaption></figure>
        ${beside.map((name) => html`<figure key=${name}><${Taped} what=${what} preset=${name} changes=${{}} width=${640} label=${name} complain=${setFault} />
          <figcaption><button onClick=${() => { setPreset(name); setView('settings') }}>${name}</button></figcaption></figure>`)}
      </div>`}
    ${view === 'scope' && html`<${Scope} preset=${preset} changes=${changes} />`}
    ${view !== 'beside' && html`
      <label class="tools"><input type="checkbox" checked=${all} onChange=${(event) => setAll(event.target.checked)} /> all settings</label>
      <div class="settings">
        ${rows.map((row) => html`<${Setting} key=${row.id} row=${row} value=${changes[row.id] ?? row.value}
          set=${(value) => setChanges({ ...changes, [row.id]: value })} />`)}
      </div>
      <${Save} preset=${preset} changes=${changes} complain=${setFault} saved=${ask} />`}`
}
