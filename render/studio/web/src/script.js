// The words beside the film: a line is clicked to hear it, edited in place, and its marks are dragged to other words.

import { html } from 'htm/preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import WaveSurfer from 'wavesurfer.js'
import { counted, get, post, soundOf } from './api.js'
import { phraseAt, wordOf, wordsOf } from './words.js'

// What begins near the right edge ends where it would begin, or it would be cut.
const beside = (place, most) => (place > most ? { right: `${100 - place}%` } : { left: `${place}%` })

// Words stand below each other where they would overlap: lanes of words, each [where it begins in percent, its letters].
const LANES = 5
const LETTER = 1.75
// A mark's letters are a little larger, and it has a border around them.
const MARK_LANES = 3
const MARK_LETTER = 1.65
const BORDER = 3.6
function laid(words, lanes = LANES, letter = LETTER, border = 1.5, edge = 88) {
  const ends = Array(lanes).fill(-1)
  return words.map(([place, letters]) => {
    const wide = letters * letter + border
    const [first, last] = place > edge ? [place - wide, place] : [place, place + wide]
    const free = ends.findIndex((end) => end <= first)
    const lane = free >= 0 ? free : ends.indexOf(Math.min(...ends))
    ends[lane] = last
    return lane
  })
}

const without = (marks, name) => Object.fromEntries(Object.entries(marks).filter(([each]) => each !== name))

// A new mark begins at a word; scenes wait for it by its name.
function NewMark({ line, change }) {
  const [name, setName] = useState('')
  const [at, setAt] = useState(0)
  const words = wordsOf(line.text)
  const add = () => { change({ marks: { ...line.marks, [name]: phraseAt(line.text, at) } }); setName('') }
  return html`
    <div class="make">
      <label>New mark <input class="short" value=${name} placeholder="name" onInput=${(event) => setName(event.target.value.trim())} /></label>
      <label>at <select value=${at} onChange=${(event) => setAt(Number(event.target.value))}>${words.map((word, number) => html`<option value=${number}>${word.text}</option>`)}</select></label>
      <button disabled=${!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name in line.marks || !phraseAt(line.text, at)} onClick=${add}>Add</button>
      ${Object.keys(line.marks).length > 0 && html`<small>drag a mark to another word, or move it with the arrow keys; Delete removes it</small>`}
    </div>`
}

function Track({ line, spoken, scene, change, complain, active }) {
  const wave = useRef()
  const row = useRef()
  const player = useRef()
  const [over, setOver] = useState(-1)
  const [held, setHeld] = useState('')
  const [playing, setPlaying] = useState(false)
  const heard = Boolean(spoken?.heard)
  useEffect(() => {
    if (!heard) return undefined
    const mine = WaveSurfer.create({
      container: wave.current,
      url: soundOf(scene, spoken),
      height: 44,
      waveColor: '#7e8aa2',
      progressColor: '#f2b84b',
      cursorColor: '#f2b84b',
    })
    player.current = mine
    mine.on('play', () => setPlaying(true))
    mine.on('pause', () => setPlaying(false)) // at its end as well
    // a line that is closed before its sound is there is no fault: what was asked for is given up
    mine.on('error', () => player.current === mine && complain(`The sound of ${spoken.key} cannot be played: it is gone, or of a kind that this browser does not know. “Draw again” speaks it anew.`))
    return () => { player.current = null; mine.destroy(); setPlaying(false) }
  }, [spoken?.key, scene?.master, heard])
  useEffect(() => { if (!active) player.current?.pause() }, [active])
  const words = wordsOf(line.text)
  // what is spoken may be older than what is written; then words stand side by side, without times
  const timed = spoken && spoken.words.length === words.length
  const place = (number) => (timed ? (spoken.words[number].start / spoken.seconds) * 100 : (number / words.length) * 100)
  const lanes = laid(words.map((word, number) => [place(number), (timed ? spoken.words[number].text : word.text).length]))
  const marks = Object.entries(line.marks).map(([name, phrase]) => ({ name, phrase, number: wordOf(line.text, phrase) }))
  // they are laid as they follow each other, and stay in the order of the file: what has the focus is not moved about
  const following = marks.toSorted((one, two) => one.number - two.number)
  const lanesOf = laid(following.map(({ name, number }) => [place(Math.max(0, number)), name.length]), MARK_LANES, MARK_LETTER, BORDER, 75)
  const stacked = Object.fromEntries(following.map(({ name }, order) => [name, lanesOf[order]]))
  const below = 1.6 * Math.max(0, ...lanesOf) // where words begin, under the last of them
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
      <button class="hear" onClick=${() => player.current?.playPause()} disabled=${!heard} aria-label=${`${playing ? 'Pause' : 'Hear'} ${line.key}`}>${playing ? '❚❚' : '▶'}</button>
      ${spoken && !heard && html`<small class="silent">drawn without a voice</small>`}
      <div class="row" ref=${row} style=${{ height: `${7.8 + below}rem` }}
        onPointerMove=${(event) => held && setOver(under(event))}
        onPointerUp=${(event) => { if (held) { move(held, under(event)); setHeld(''); setOver(-1) } }}>
        ${words.map((word, number) => html`
          <span class=${`word ${number === over ? 'over' : ''}`} style=${{ ...beside(place(number), 88), top: `${2.2 + below + 1.1 * lanes[number]}rem` }}>${timed ? spoken.words[number].text : word.text}</span>`)}
        ${marks.map(({ name, phrase, number }) => html`
            <button key=${name} class=${`mark ${held === name ? 'held' : ''}`} role="slider" aria-label=${`Mark ${name}`}
              aria-valuemin="1" aria-valuemax=${words.length} aria-valuenow=${number + 1} aria-valuetext=${phrase}
              style=${{ ...beside(place(Math.max(0, number)), 75), top: `${0.1 + 1.6 * stacked[name]}rem` }} title=${`${name}: “${phrase}”`}
              onPointerDown=${(event) => { event.preventDefault(); row.current.setPointerCapture(event.pointerId); setHeld(name) }}
              onKeyDown=${(event) => {
                const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
                if (event.key === 'Delete' || event.key === 'Backspace') { event.preventDefault(); change({ marks: without(line.marks, name) }) }
                if (step) { event.preventDefault(); move(name, Math.min(Math.max(number + step, 0), words.length - 1)) }
              }}>${name}</button>`)}
      </div>
    </div>
    <${NewMark} line=${line} change=${change} />`
}

const spaced = (text) => text.trim().replace(/\s+/g, ' ')

// What is being typed is never taken away: if the same words are changed elsewhere meanwhile, both are there to choose.
function Text({ text: written, rows, label, done, lang }) {
  const [text, setText] = useState(written)
  const [other, setOther] = useState(false)
  const before = useRef(written)
  const typed = useRef(text)
  typed.current = text
  // before anybody can type: an effect that comes later would take the first letters away
  useLayoutEffect(() => {
    const mine = spaced(typed.current)
    const kept = mine !== spaced(before.current) && mine !== spaced(written)
    before.current = written
    setOther(kept)
    if (!kept) setText(written)
  }, [written])
  const end = () => { setOther(false); if (text !== written) done(text) }
  const take = () => { setOther(false); setText(written) }
  return html`
    <div class="text"><textarea rows=${rows} value=${text} aria-label=${label} lang=${lang}
      onInput=${(event) => setText(event.target.value)} onBlur=${() => !other && end()}
      onKeyDown=${(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); end() }
        if (event.key === 'Escape') take()
      }} />
    ${other && html`<div class="make other" role="alert">It was changed elsewhere meanwhile: “${written}”
      <button onClick=${take}>Take that</button><button onClick=${end}>Write mine over it</button></div>`}</div>`
}

// Captions of one language; asked for again whenever anything of the film is new.
function useCaptions(language, news) {
  const [found, setFound] = useState(null)
  const [fault, setFault] = useState('')
  useEffect(() => {
    let wanted = true
    if (!language) setFound(null)
    else get(`api/captions/${encodeURIComponent(language)}`).then(
      (told) => wanted && (setFound(told), setFault('')), (error) => wanted && (setFound(null), setFault(error.message)))
    return () => { wanted = false }
  }, [language, news])
  return [found, fault]
}

function Language({ languages, language, setLanguage }) {
  const [asked, setAsked] = useState('')
  return html`
    <label>Captions <select value=${language} onChange=${(event) => setLanguage(event.target.value)}>
      <option value="">none</option>
      ${[...new Set([...languages, ...(language ? [language] : [])])].map((each) => html`<option>${each}</option>`)}</select></label>
    <label>another language <input class="short" value=${asked} placeholder="fr" onInput=${(event) => setAsked(event.target.value)}
      onKeyDown=${(event) => event.key === 'Enter' && asked && (setLanguage(asked), setAsked(''))} /></label>
    <button disabled=${!asked} onClick=${() => { setLanguage(asked); setAsked('') }}>Open</button>`
}

function Pronounce({ script, pronounce }) {
  const [word, setWord] = useState('')
  const [said, setSaid] = useState('')
  return html`
    <details class="pronounce"><summary>Pronunciation (${Object.keys(script.pronounce).length})</summary>
      ${Object.entries(script.pronounce).map(([name, how]) => html`<div class="make" key=${name}>
        <label>${name} <input value=${how} onChange=${(event) => pronounce(name, event.target.value)} /></label>
        <button onClick=${() => pronounce(name, '')} aria-label=${`Forget how ${name} is said`}>×</button></div>`)}
      <div class="make"><label>Word <input value=${word} onInput=${(event) => setWord(event.target.value)} /></label>
        <label>is said as <input value=${said} onInput=${(event) => setSaid(event.target.value)} /></label>
        <button disabled=${!word || !said} onClick=${() => { pronounce(word, said); setWord(''); setSaid('') }}>Add</button></div>
    </details>`
}

export function Words({ script, scene, film, edit, step, pronounce, frame, choose, languages, language, setLanguage, complain, active }) {
  const [open, setOpen] = useState('')
  const [whole, setWhole] = useState(false)
  const [captions, fault] = useCaptions(language, script)
  if (script.error) return html`<p class="fault" role="alert">${script.error}</p>`
  const lines = script.lines.filter((line) => whole || line.scene === scene.name)
  const drawn = new Map(film.scenes.map((each) => [each.name, each]))
  const missing = new Set(captions?.missing)
  const caption = async (path, data) => {
    try {
      await post(`api/captions/${encodeURIComponent(language)}/${path}`, { state: captions.state, ...data })
      complain('')
    } catch (error) {
      complain(error.message)
    }
  }
  const rows = (text) => Math.max(2, Math.ceil(text.length / (captions ? 30 : 62)))
  return html`
    <div class="tools">
      <button disabled=${!script.undo} onClick=${() => step('undo')}>Undo</button>
      <button disabled=${!script.redo} onClick=${() => step('redo')}>Redo</button>
      <span>${counted(lines.length, 'line')} in ${whole ? 'the film' : `“${scene.title || scene.name}”`}</span>
      <label><input type="checkbox" checked=${whole} onChange=${(event) => setWhole(event.target.checked)} /> all scenes</label>
    </div>
    <div class="tools">
      <${Language} languages=${languages} language=${language} setLanguage=${setLanguage} />
      ${captions && html`<button disabled=${!captions.undo} onClick=${() => caption('undo', {})}>Undo captions</button>
        <button disabled=${!captions.redo} onClick=${() => caption('redo', {})}>Redo captions</button>
        <span>${captions.missing.length ? `${counted(captions.missing.length, 'line has', 'lines have')} none` : 'all lines have one'}</span>`}
    </div>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    <${Pronounce} script=${script} pronounce=${pronounce} />
    <ol class="lines">
      ${lines.map((line, number) => {
        const stands = drawn.get(line.scene)
        const spoken = stands?.lines.find((each) => each.key === line.key)
        const here = spoken && stands === scene && frame / film.fps >= spoken.start && frame / film.fps <= spoken.start + spoken.seconds
        const change = (changes) => edit(line.key, changes)
        const others = captions ? [line.key, ...line.variants.map((each) => `${line.key}@${each.name}`)] : []
        return html`
          <li key=${line.key} class=${here ? 'here' : ''}>
            ${whole && line.scene !== lines[number - 1]?.scene && html`<h3>${stands?.title || line.scene}</h3>`}
            <header>
              <button class="key" title="Go there, and show its sound and marks" aria-expanded=${open === line.key}
                onClick=${() => { setOpen(open === line.key ? '' : line.key); if (spoken) choose(line.scene, Math.round(spoken.start * film.fps)) }}>
                <span aria-hidden="true">${open === line.key ? '▾' : '▸'}</span> ${line.key}</button>
              <label>Speaker <select value=${line.speaker} onChange=${(event) => change({ speaker: event.target.value })}>
                ${script.speakers.map((name) => html`<option value=${name}>${name}</option>`)}</select></label>
              <label>Pause <input type="number" min="0" max="60" step="0.05" value=${line.pause}
                onChange=${(event) => event.target.value !== '' && change({ pause: Number(event.target.value) })} /> s</label>
            </header>
            <div class=${captions ? `columns ${others.some((key) => missing.has(key)) ? 'lacks' : ''}` : ''}>
              <${Text} text=${line.text} rows=${rows(line.text)} label=${`Text of ${line.key}`} lang=${script.language}
                done=${(text) => text.trim() && change({ text })} />
              ${captions && html`<div>${others.map((key) => html`
                <${Text} key=${`${language} ${key}`} text=${captions.lines[key] ?? ''} rows=${rows(line.text)} label=${`${language} of ${key}`} lang=${language}
                  done=${(text) => caption('edit', { key, text })} />`)}</div>`}
            </div>
            ${line.variants.map((each) => html`<p class="note">or, when ${each.when}: “${each.text}”</p>`)}
            ${(line.say || open === line.key) && html`<label class="say">Spoken otherwise <${Text} text=${line.say ?? ''} rows=${1} label=${`What is spoken of ${line.key}`} lang=${script.language} done=${(say) => change({ say })} /></label>`}
            ${spoken && spoken.text !== line.text && !line.text.includes('{') && html`<p class="note">What was drawn has the words of before.</p>`}
            ${open === line.key && html`<${Track} line=${line} spoken=${spoken} scene=${stands} change=${change} complain=${complain} active=${active} />`}
          </li>`
      })}
    </ol>`
}
