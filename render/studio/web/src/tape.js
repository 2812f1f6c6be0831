// Every setting of the tape on the frame that is looked at: what is shown was made by the tape itself, on the server.

import { html } from 'htm/preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { frameAt, get, post } from './api.js'

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

export function Tape({ scene, frame, film }) {
  const [names, setNames] = useState([])
  const [preset, setPreset] = useState(film.tape)
  const [known, setKnown] = useState(null)
  const [changes, setChanges] = useState({})
  const [all, setAll] = useState(false)
  const [fault, setFault] = useState('')
  const [shown, setShown] = useState('')
  const asked = useRef(0)
  useEffect(() => { get('api/tapes').then(setNames, (error) => setFault(error.message)) }, [])
  useEffect(() => {
    setChanges({})
    get(`api/tapes/${encodeURIComponent(preset)}`).then(setKnown, (error) => setFault(error.message))
  }, [preset])
  useEffect(() => {
    const number = (asked.current += 1)
    const later = setTimeout(async () => {
      try {
        const answer = await post('api/tape', { scene: scene.name, frame, preset, changes })
        const picture = URL.createObjectURL(await answer.blob())
        if (number !== asked.current) return URL.revokeObjectURL(picture)
        setShown((old) => { URL.revokeObjectURL(old); return picture })
        setFault('')
      } catch (error) {
        if (number === asked.current) setFault(error.message)
      }
      return undefined
    }, 60)
    return () => clearTimeout(later)
  }, [scene.name, scene.master, frame, preset, JSON.stringify(changes)])
  const rows = (known?.settings ?? []).filter((row) => all || row.easy || row.id in changes)
  return html`
    <div class="tools">
      <label>Preset <select value=${preset} onChange=${(event) => setPreset(event.target.value)}>
        ${names.map((each) => html`<option value=${each.name}>${each.name}: ${each.title}</option>`)}</select></label>
      <label><input type="checkbox" checked=${all} onChange=${(event) => setAll(event.target.checked)} /> all settings</label>
      <button disabled=${!Object.keys(changes).length} onClick=${() => setChanges({})}>As the preset</button>
    </div>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    <div class="beside">
      <figure><img src=${frameAt(scene, frame, { tape: 'off' })} alt="Before" /><figcaption>as it was drawn</figcaption></figure>
      <figure>${shown && html`<img src=${shown} alt="After" data-frame=${frame} />`}<figcaption>on tape</figcaption></figure>
    </div>
    <div class="settings">
      ${rows.map((row) => html`<${Setting} key=${row.id} row=${row} value=${changes[row.id] ?? row.value}
        set=${(value) => setChanges({ ...changes, [row.id]: value })} />`)}
    </div>`
}
