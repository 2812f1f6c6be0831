// The picture, the timeline below it and the filmstrip: frames come one by one, sounds are played at their times.

import { html } from 'htm/preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { frameAt, latest, soundOf } from './api.js'
import { Numbers } from './numbers.js'

const clock = (frame, fps) => {
  const seconds = frame / fps
  return `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(2).padStart(5, '0')}`
}

// Plays from where one is, on into the next scene (or back into the one before), and on from wherever one goes
// meanwhile: in another pane, say, where a line is clicked.
function usePlayer(film, scene, frame, choose, complain) {
  const [speed, setSpeed] = useState(0)
  const [, begin] = useState(0)
  const begun = useRef(0)
  const at = useRef(frame)
  at.current = frame
  useEffect(() => {
    if (!speed || !scene) return undefined
    const began = performance.now()
    const first = at.current
    let put = first // where the film is if nobody else has moved it
    const sounds = []
    if (speed === 1) {
      for (const line of scene.lines) {
        const wait = line.start - first / film.fps
        if (!line.heard || wait + line.seconds <= 0) continue
        const sound = new Audio(soundOf(scene, line))
        if (wait < 0) sound.currentTime = -wait
        const play = () => sound.play().catch((error) => complain(unheard(line, error)))
        sounds.push([setTimeout(play, Math.max(0, wait) * 1000), sound])
      }
    }
    let next
    const step = () => {
      if (at.current !== put) {
        begun.current += 1
        begin(begun.current)
        return
      }
      const to = Math.round(first + ((performance.now() - began) / 1000) * film.fps * speed)
      if (to >= 0 && to < scene.frames) {
        put = to
        choose(scene.name, to)
        next = requestAnimationFrame(step)
        return
      }
      const beside = film.scenes[film.scenes.findIndex((each) => each.name === scene.name) + Math.sign(speed)]
      if (beside) choose(beside.name, speed > 0 ? 0 : beside.frames - 1)
      else {
        choose(scene.name, speed > 0 ? scene.frames - 1 : 0)
        setSpeed(0)
      }
    }
    next = requestAnimationFrame(step)
    return () => {
      cancelAnimationFrame(next)
      for (const [timer, sound] of sounds) {
        clearTimeout(timer)
        sound.pause()
      }
    }
  }, [speed, scene?.name, scene?.master, begun.current])
  const toggle = () => {
    const last = film.scenes.at(-1)
    if (!speed && scene.name === last.name && at.current >= last.frames - 1) choose(film.scenes[0].name, 0)
    setSpeed(speed ? 0 : 1)
  }
  return [speed, setSpeed, toggle]
}

// Why a line is not heard, in words; nothing where it was only interrupted.
function unheard(line, error) {
  if (error.name === 'AbortError') return ''
  if (error.name === 'NotAllowedError') return 'This browser plays no sound before the page was clicked: click somewhere, then play.'
  return `The sound of ${line.key} cannot be played: it is gone, or of a kind that this browser does not know. “Draw again” speaks it anew.`
}

// A frame: the one before stays until it is there, and while a film plays what comes too late is left out.
function Frame({ address, alt, frame }) {
  const [shown, setShown] = useState(null)
  const ask = useRef()
  ask.current ??= latest(async (wanted) => {
    const picture = new Image()
    picture.src = wanted.address
    try {
      await picture.decode()
    } catch {
      // a frame that is gone meanwhile, because its scene was drawn again
    }
    setShown(wanted)
  })
  useEffect(() => ask.current({ address, alt, frame }), [address])
  return html`<img src=${shown?.address} alt=${shown?.alt ?? alt} data-frame=${shown?.frame} aria-busy=${shown?.address !== address} />`
}

// The scene's time: its lines, and the marks in them, each where it is heard.
function Timeline({ film, scene, frame, go }) {
  const share = (at) => `${(100 * at) / Math.max(1, scene.frames - 1)}%`
  return html`
    <div class="timeline" role="group" aria-label="Lines and marks of the scene">
      ${scene.lines.map((line) => {
        const [first, last] = [line.start * film.fps, (line.start + line.seconds) * film.fps]
        return html`<button class=${`span ${frame >= first - 1 && frame <= last ? 'here' : ''}`} key=${line.key} title=${line.text}
          style=${{ left: share(first), width: share(Math.min(last, scene.frames - 1) - first) }} onClick=${() => go(Math.round(first))}>
          ${line.key.slice(line.key.indexOf('.') + 1)}</button>`
      })}
      ${scene.moments.map((each) => html`<i class=${each.moment ? 'tick' : 'tick whole'} style=${{ left: share(each.frame) }} title=${[each.key, each.moment].filter(Boolean).join(', ')}></i>`)}
      <b class="playhead" style=${{ left: share(frame) }}></b>
    </div>`
}

export const Keys = () => html`<details class="keys"><summary>Keys</summary>
  <dl class="facts">${KEYS.map(([key, does]) => html`<dt><kbd>${key}</kbd></dt><dd>${does}</dd>`)}</dl></details>`

const KEYS = [['Space', 'play, pause'], ['J K L', 'back, stop, on; again: faster'], ['← →', 'a frame'], ['[ ]', 'the mark before, after']]

// What Space or Enter presses.
const PRESSED = 'button, summary, a, [type=checkbox]'

export function Viewer({ film, scene, frame, choose, tape, setTape, ready, pick, complain }) {
  const told = useRef(complain)
  told.current = complain
  const [speed, setSpeed, toggle] = usePlayer(film, scene, frame, choose, (fault) => fault && told.current(fault))
  const cues = scene.moments.map((moment) => moment.frame)
  const go = (to) => {
    setSpeed(0)
    choose(scene.name, Math.min(Math.max(to, 0), scene.frames - 1))
  }
  const clicked = useRef(null)
  const leftOver = (target) => Boolean(clicked.current && (clicked.current.contains(target) || clicked.current.control === target))
  const keys = useRef()
  keys.current = (event) => {
    if (event.target.closest('input:not([type=checkbox], [type=range]), textarea, select, [role=slider]') || event.ctrlKey || event.metaKey || event.altKey) return
    // whoever came to a button by keyboard means that button; after a click the focus is only left over.  `:focus-visible`
    // does not tell: with the first key that is pressed a browser shows the focus that a click has left
    if ([' ', 'Enter'].includes(event.key) && event.target.closest(PRESSED) && !leftOver(event.target)) return
    if (event.key.startsWith('Arrow') && event.target.closest('input')) return
    const does = {
      ' ': toggle,
      k: () => setSpeed(0),
      l: () => setSpeed(speed > 0 ? Math.min(speed * 2, 8) : 1),
      j: () => setSpeed(speed < 0 ? Math.max(speed * 2, -8) : -1),
      ArrowRight: () => go(frame + 1),
      ArrowLeft: () => go(frame - 1),
      ']': () => go(Math.min(...cues.filter((cue) => cue > frame), scene.frames - 1)),
      '[': () => go(Math.max(...cues.filter((cue) => cue < frame), 0)),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (does) {
      event.preventDefault()
      does()
    }
  }
  useLayoutEffect(() => {
    const listener = (event) => {
      if (event.key === 'Tab') clicked.current = null
      keys.current(event)
    }
    const pointed = (event) => { clicked.current = event.target.closest(`${PRESSED}, label`) }
    addEventListener('keydown', listener)
    addEventListener('pointerdown', pointed, true)
    return () => {
      removeEventListener('keydown', listener)
      removeEventListener('pointerdown', pointed, true)
    }
  }, [])
  const now = scene.lines.filter((line) => line.start <= frame / film.fps).at(-1)
  const said = now && frame / film.fps <= now.start + now.seconds ? now.text : ''
  return html`
    <section class="viewer" aria-label="Film">
      <div class="picture" style=${{ aspectRatio: `${film.width} / ${film.height}`, width: `min(100%, ${((62 * film.width) / film.height).toFixed(2)}vh)` }}>
        <${Frame} address=${frameAt(scene, frame, { tape })} frame=${frame} alt=${`Scene ${scene.name}, frame ${frame}`} />
        ${!speed && html`<${Numbers} scene=${scene} film=${film} frame=${frame} pick=${pick} />`}
      </div>
      <p class="caption" aria-live="off">${said}</p>
      <div class="transport">
        <button onClick=${toggle} aria-label=${speed ? 'Pause' : 'Play'}>${speed ? '❚❚' : '▶'}</button>
        <input type="range" min="0" max=${scene.frames - 1} value=${frame} aria-label="Frame"
          onInput=${(event) => go(Number(event.target.value))} />
        <output>${clock(frame, film.fps)}<small> / ${clock(scene.frames, film.fps)}, frame ${frame}${speed && speed !== 1 ? `, ${speed < 0 ? 'back' : 'on'} ×${Math.abs(speed)}` : ''}</small></output>
        ${!film.scenes.some((each) => each.lines.some((line) => line.heard)) && html`<small>without a voice</small>`}
        ${film.tape !== 'clean' && html`<label title=${ready ? `the film's tape, ${film.tape}` : 'the tape is being prepared'}>
          <input type="checkbox" checked=${tape === 'on'} disabled=${!ready} onChange=${(event) => setTape(event.target.checked)} /> tape</label>`}
      </div>
      <${Timeline} film=${film} scene=${scene} frame=${frame} go=${go} />
      <ol class="strip" aria-label="Scenes">
        ${film.scenes.map(
          (each) => html`
            <li key=${each.name}>
              <button class=${each.name === scene.name ? 'here' : ''} aria-current=${each.name === scene.name}
                onClick=${() => { setSpeed(0); choose(each.name) }}>
                <img loading="lazy" alt="" src=${frameAt(each, Math.floor(each.frames / 2), { width: 160, tape })} />
                <span>${each.title || each.name}</span>
                ${each.layout.length > 0 && html`<em title="found in the layout">${each.layout.length}</em>`}
              </button>
            </li>`,
        )}
      </ol>
    </section>`
}
