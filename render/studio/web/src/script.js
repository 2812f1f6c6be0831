// The words beside the film: a line is clicked to hear it, edited in place, and its marks are dragged to other words.

import { html } from 'htm/preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import WaveSurfer from 'wavesurfer.js'
import { soundOf } from './api.js'
import { phraseAt, wordOf, wordsOf } from './words.js'

function Track({ line, spoken, scene, change }) {
  const wave = useRef()
  const row = useRef()
  const player = useRef()
  const [over, setOver] = useState(-1)
  const [held, setHeld] = useState('')
  useEffect(() => {
    if (!spoken) return undefined
    player.current = WaveSurfer.create({
      container: wave.current,
      url: soundOf(scene, spoken),
      height: 44,
      waveColor: '#7e8aa2',
      progressColor: '#f2b84b',
      cursorColor: '#f2b84b',
    })
    player.current.on('error', () => {})
    return () => player.current.destroy()
  }, [spoken?.key, scene?.master])
  const words = wordsOf(line.text)
  // what is spoken may be older than what is written; then words stand side by side, without times
  const timed = spoken && spoken.words.length === words.length
  const place = (number) => (timed ? (spoken.words[number].start / spoken.seconds) * 100 : (number / words.length) * 100)
  const move = (name, number) => {
    const phrase = phraseAt(line.text, number)
    if (phrase && phrase !== line.marks[name]) change({ marks: { ...line.marks, [name]: phrase } })
  }
  const under = (event) => {
    const box = row.current.getBoundingClientRect()
    const share = ((event.clientX - box.left) / box.width) * 100
    let best = 0
    words.forEach((_word, number) => { if (Math.abs(place(number) - share) < Math.abs(place(best) - share)) best = number })
    return best
  }
  return html`
    <div class="track">
      <div class="wave" ref=${wave}></div>
      <button class="hear" onClick=${() => player.current?.playPause()} disabled=${!spoken} aria-label=${`Hear ${line.key}`}>▶</button>
      <div class="row" ref=${row}
        onPointerMove=${(event) => held && setOver(under(event))}
        onPointerUp=${(event) => { if (held) { move(held, under(event)); setHeld(''); setOver(-1) } }}>
        ${words.map((word, number) => html`
          <span class=${`word ${number === over ? 'over' : ''}`} style=${{ left: `${place(number)}%` }}>${timed ? spoken.words[number].text : word.text}</span>`)}
        ${Object.entries(line.marks).map(([name, phrase]) => {
          const number = wordOf(line.text, phrase)
          return html`
            <button class=${`mark ${held === name ? 'held' : ''}`} role="slider" aria-label=${`Mark ${name}`}
              aria-valuemin="1" aria-valuemax=${words.length} aria-valuenow=${number + 1} aria-valuetext=${phrase}
              style=${{ left: `${place(Math.max(0, number))}%` }} title=${`${name}: “${phrase}”`}
              onPointerDown=${(event) => { event.preventDefault(); row.current.setPointerCapture(event.pointerId); setHeld(name) }}
              onKeyDown=${(event) => {
                const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
                if (step) { event.preventDefault(); move(name, Math.min(Math.max(number + step, 0), words.length - 1)) }
              }}>${name}</button>`
        })}
      </div>
    </div>`
}

function Text({ line, change }) {
  const [text, setText] = useState(line.text)
  useEffect(() => setText(line.text), [line.text])
  const done = () => text.trim() && text !== line.text && change({ text })
  return html`
    <textarea rows=${Math.max(2, Math.ceil(text.length / 62))} value=${text} aria-label=${`Text of ${line.key}`}
      onInput=${(event) => setText(event.target.value)} onBlur=${done}
      onKeyDown=${(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); done() }
        if (event.key === 'Escape') setText(line.text)
      }} />`
}

export function Words({ script, scene, film, edit, step, frame, setFrame }) {
  const [open, setOpen] = useState('')
  if (script.error) return html`<p class="fault" role="alert">${script.error}</p>`
  const lines = script.lines.filter((line) => line.scene === scene.name)
  return html`
    <div class="tools">
      <button disabled=${!script.undo} onClick=${() => step('undo')}>Undo</button>
      <button disabled=${!script.redo} onClick=${() => step('redo')}>Redo</button>
      <span>${lines.length} lines in “${scene.title || scene.name}”</span>
    </div>
    <ol class="lines">
      ${lines.map((line) => {
        const spoken = scene.lines.find((each) => each.key === line.key)
        const here = spoken && frame / film.fps >= spoken.start && frame / film.fps <= spoken.start + spoken.seconds
        const change = (changes) => edit(line.key, changes)
        return html`
          <li key=${line.key} class=${here ? 'here' : ''}>
            <header>
              <button class="key" aria-expanded=${open === line.key}
                onClick=${() => { setOpen(open === line.key ? '' : line.key); if (spoken) setFrame(Math.round(spoken.start * film.fps)) }}>
                ${line.key}</button>
              <label>Speaker <select value=${line.speaker} onChange=${(event) => change({ speaker: event.target.value })}>
                ${script.speakers.map((name) => html`<option value=${name}>${name}</option>`)}</select></label>
              <label>Pause <input type="number" min="0" max="60" step="0.05" value=${line.pause}
                onChange=${(event) => event.target.value !== '' && change({ pause: Number(event.target.value) })} /> s</label>
            </header>
            <${Text} line=${line} change=${change} />
            ${open === line.key && html`<${Track} line=${line} spoken=${spoken} scene=${scene} change=${change} />`}
          </li>`
      })}
    </ol>`
}
