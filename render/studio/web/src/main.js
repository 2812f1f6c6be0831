// The studio: one film, its frames on the left; its words, tape, results, faults and what is made of it on the right.

import { html, render, Component } from 'htm/preact'
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { counted, get, listen, post } from './api.js'
import { Out, Queue } from './out.js'
import { Results } from './results.js'
import { Words } from './script.js'
import { Tape } from './tape.js'
import { Keys, Viewer } from './viewer.js'

const PANES = [['words', 'Words'], ['tape', 'Tape'], ['results', 'Results'], ['out', 'Out'], ['faults', 'Faults']]

// Why the last drawing failed, with the scene and the frame that its words name; nothing if it did not.
function failureOf({ film, jobs }) {
  const job = [...jobs].reverse().find((each) => each.kind === 'draw')
  if (job?.state !== 'failed') return null
  const told = job.log.filter((line) => line.startsWith('tapehead:') || line.startsWith(' '))
  const what = (told.length ? told : job.log.slice(-6)).join('\n').replace(/^tapehead: /, '')
  const scene = film?.scenes.find((each) => each.name === what.match(/scene '([^']+)'/)?.[1])
  const frame = Number(what.match(/; frame (\d+)/)?.[1] ?? 0)
  return { kind: 'error', what, scene: scene?.name ?? '', frame: scene ? Math.min(frame, scene.frames - 1) : 0 }
}

// One list: what a check found, what the files alone say, and what the drawing found in the layout; errors first.
function faultsOf(state) {
  const { film, script, problems, checked } = state
  const failure = failureOf(state)
  const found = film?.scenes.flatMap((scene) => scene.layout.map((each) => ({ ...each, kind: 'layout', scene: scene.name }))) ?? []
  const told = [...(failure ? [failure] : []), ...(checked?.problems ?? []), ...problems, ...found, ...(script.error ? [{ kind: 'error', what: script.error, scene: '', frame: 0 }] : [])]
  const seen = new Set()
  const order = ['error', 'layout', 'advice']
  return told.filter((each) => !seen.has(each.what + each.frame) && seen.add(each.what + each.frame))
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
}

const MEANS = { error: 'error', layout: 'layout', advice: 'to think about' }

function Faults({ state, choose, complain }) {
  const { film, checked, jobs } = state
  const found = faultsOf(state)
  const busy = jobs.some((job) => job.kind === 'check' && ['waiting', 'running'].includes(job.state))
  const told = (each) => html`<span class=${`kind ${each.kind}`}>${MEANS[each.kind] ?? each.kind}</span>
    ${each.scene && film && html`<b>${each.scene}, ${(each.frame / film.fps).toFixed(1)} s</b>`} ${each.what}`
  return html`
    <div class="tools">
      <button disabled=${busy} onClick=${() => post('api/check').catch((error) => complain(error.message))}>${busy ? 'Checking …' : 'Check everything'}</button>
      <span>${!checked ? 'The files and the layout are looked at whenever something is drawn; a check looks at results, words and figures too.'
        : checked.old ? 'Something was saved since the last check.' : 'Nothing was saved since the last check.'}</span>
    </div>
    ${found.length === 0 && html`<p>${film ? 'Nothing was found.' : 'Nothing is drawn yet.'}</p>`}
    <ul class="faults">${found.map((each) => html`
      <li>${each.scene ? html`<button onClick=${() => choose(each.scene, each.frame)}>${told(each)}</button>` : html`<p>${told(each)}</p>`}</li>`)}</ul>`
}

// `tapehead tape gui`: nothing but tapes, on footage of one's own.
function TapeAlone({ state, linked, fault, setFault }) {
  return html`
    <header class="top"><h1>Tape: ${state.title}</h1><p class="status" role="status">${linked ? '' : 'The studio has ended.'}</p></header>
    ${fault && html`<p class="fault" role="alert">${fault} <button onClick=${() => setFault('')} aria-label="Close">×</button></p>`}
    <main class="alone"><section><${Tape} own=${state.own} first="sp" ready=${state.tape_ready} /></section>
      <section><h2>Queue</h2><${Queue} jobs=${state.jobs} complain=${setFault} /></section></main>`
}

// What is being drawn, until it is drawn.  The picture before stays until the next one is there: a drawing may end meanwhile.
function Drawing({ now }) {
  const [tick, setTick] = useState(0)
  const [there, setThere] = useState('')
  useEffect(() => {
    const timer = setInterval(() => setTick((old) => old + 1), 1000)
    return () => clearInterval(timer)
  }, [])
  useEffect(() => {
    const picture = new Image()
    picture.onload = () => setThere(picture.src)
    picture.src = `api/now.png?n=${now.number}-${tick}`
    return () => { picture.onload = null }
  }, [now.number, tick])
  return html`<figure class="now">${there && html`<img src=${there} alt=${`Scene ${now.scene} while it is drawn`} />`}<figcaption>drawing ${now.scene} …</figcaption></figure>`
}

// A pane that was opened stays as it was left (what was set, what was opened), and does nothing while it is not looked at.
class Kept extends Component {
  shouldComponentUpdate(next) {
    return next.here || this.props.here
  }

  render({ here, children }) {
    return html`<div hidden=${!here}>${children}</div>`
  }
}

function Studio() {
  const [state, setState] = useState(null)
  const [at, setAt] = useState({ scene: '', frame: 0 })
  const [pane, setPane] = useState('words')
  const [fault, setFault] = useState('')
  const [linked, setLinked] = useState(false)
  const [picked, setPicked] = useState(null)
  const [language, setLanguage] = useState('')
  const [taped, setTaped] = useState(true)
  const [found, setFound] = useState(false)
  const opened = useRef(new Set())
  const scroller = useRef()
  const scrolled = useRef({})
  const turnTo = (name) => {
    if (scroller.current) scrolled.current[pane] = scroller.current.scrollTop
    setPane(name)
  }
  useLayoutEffect(() => { if (scroller.current) scroller.current.scrollTop = scrolled.current[pane] ?? 0 }, [pane])
  // answers may overtake each other: an older one never replaces a newer one
  const asked = useRef(0)
  const told = useRef(0)
  const refresh = useCallback(() => {
    asked.current += 1
    const number = asked.current
    return get('api/state').then((answer) => { if (number > told.current) { told.current = number; setState(answer) } }, (error) => setFault(error.message))
  }, [])
  useEffect(() => listen(refresh, setLinked), [])
  // a tab that is opened again is where the last one was, before anybody can press a key
  const place = state?.episode && `tapehead studio: ${state.episode}`
  useLayoutEffect(() => {
    if (!place) return
    try {
      const kept = JSON.parse(localStorage.getItem(place) ?? 'null')
      if (typeof kept?.scene === 'string' && Number.isInteger(kept.frame)) setAt({ scene: kept.scene, frame: Math.max(0, kept.frame) })
      if (PANES.some(([name]) => name === kept?.pane)) setPane(kept.pane)
    } catch {
      // what is kept there is not ours, or nothing may be kept
    }
    setFound(true)
  }, [place])
  useEffect(() => {
    if (!found) return undefined
    const later = setTimeout(() => { try { localStorage.setItem(place, JSON.stringify({ ...at, pane })) } catch { /* then not */ } }, 300)
    return () => clearTimeout(later)
  }, [found, at, pane])
  if (!state) return html`<p class="waiting">${fault || 'Opening the film …'}</p>`
  if (state.mode === 'tape') return html`<${TapeAlone} state=${state} linked=${linked} fault=${fault} setFault=${setFault} />`
  const { film, script, jobs } = state
  const scene = film && (film.scenes.find((each) => each.name === at.scene) ?? film.scenes[0])
  const frame = scene ? Math.min(at.frame, scene.frames - 1) : 0
  const choose = (name, to = 0) => setAt({ scene: name, frame: to })
  const lineOf = (name, key) => {
    const line = film.scenes.find((each) => each.name === name)?.lines.find((each) => each.key === key)
    choose(name, line ? Math.round(line.start * film.fps) : 0)
    if (line) turnTo('words')
  }
  const sent = async (path, data) => {
    try {
      await post(path, { state: script.state, ...data })
      setFault('')
    } catch (error) {
      setFault(error.message)
    }
    await refresh()
  }
  const running = jobs.find((job) => job.state === 'running')
  const faults = faultsOf(state)
  const frames = film?.scenes.reduce((sum, each) => sum + each.frames, 0) ?? 0
  const length = Math.round(frames / (film?.fps ?? 1))
  const idle = film ? `${counted(film.scenes.length, 'scene')}, ${Math.floor(length / 60)}:${String(length % 60).padStart(2, '0')} min, drawn at ${film.height}p${film.fps}${state.tape_ready ? '' : '; the tape is being prepared'}` : ''
  const failure = failureOf(state)
  opened.current.add(pane)
  const inside = {
    words: (active) => scene && html`<${Words} script=${script} scene=${scene} film=${film} frame=${frame} active=${active}
      edit=${(key, changes) => sent('api/script/edit', { key, changes })} step=${(name) => sent(`api/script/${name}`, {})}
      pronounce=${(word, said) => sent('api/script/pronounce', { word, said })} languages=${state.captions} language=${language}
      setLanguage=${setLanguage} complain=${setFault} choose=${choose} />`,
    tape: (active) => scene && html`<${Tape} scene=${scene} frame=${frame} film=${film} own=${state.own} first=${film.tape} ready=${state.tape_ready} active=${active} />`,
    results: () => (scene
      ? html`<${Results} film=${film} scene=${scene} picked=${picked} choose=${lineOf} />`
      : html`<p>Nothing is drawn yet.</p>`),
    faults: () => html`<${Faults} state=${state} choose=${choose} complain=${setFault} />`,
    out: () => html`<${Out} state=${state} complain=${setFault} />`,
  }
  return html`
    <header class="top">
      <h1>${state.title}</h1>
      <p class="status" role="status">${!linked ? 'The studio has ended.' : running ? `${running.title}: ${running.log.at(-1) || '…'}` : idle}</p>
      <${Keys} />
      <button onClick=${() => post('api/draw').catch((error) => setFault(error.message))}>Draw again</button>
    </header>
    ${fault && html`<p class="fault" role="alert">${fault} <button onClick=${() => setFault('')} aria-label="Close">×</button></p>`}
    ${failure && html`<pre class="fault" role="alert">${failure.what}${failure.scene && html` <button onClick=${() => choose(failure.scene, failure.frame)}>Go there</button>`}</pre>`}
    <main>
      ${scene
        ? html`<${Viewer} film=${film} scene=${scene} frame=${frame} tape=${taped && state.tape_ready ? 'on' : 'off'} setTape=${setTaped} ready=${state.tape_ready} choose=${choose}
            pick=${(number) => { setPicked(number); turnTo('results') }}
            complain=${setFault} />`
        : html`<section class="viewer"><p class="waiting">The scenes are being drawn …</p></section>`}
      ${state.now && html`<${Drawing} now=${state.now} />`}
      <section class="panes">
        <nav role="tablist" aria-label="Panes">${PANES.map(([name, title]) => html`
          <button role="tab" id=${`tab-${name}`} aria-selected=${pane === name} aria-controls="pane" onClick=${() => turnTo(name)}>${title}${name === 'faults' && faults.length > 0 && html` <em class=${faults[0].kind}>${faults.length}</em>`}</button>`)}</nav>
        <div id="pane" role="tabpanel" aria-labelledby=${`tab-${pane}`} tabindex="0" ref=${scroller}>
          ${PANES.filter(([name]) => opened.current.has(name)).map(([name]) => html`<${Kept} key=${name} here=${name === pane}>${inside[name](name === pane)}<//>`)}
        </div>
      </section>
    </main>`
}

render(html`<${Studio} />`, document.getElementById('studio'))
