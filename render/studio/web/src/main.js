// The studio: one film, its frames on the left; its words, tape, results, faults and what is made of it on the right.

import { html, render } from 'htm/preact'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { get, listen, post } from './api.js'
import { Out, Queue } from './out.js'
import { Results } from './results.js'
import { Words } from './script.js'
import { Tape } from './tape.js'
import { Viewer } from './viewer.js'

const PANES = [['words', 'Words'], ['tape', 'Tape'], ['results', 'Results'], ['out', 'Out'], ['faults', 'Faults']]

function Faults({ film, script, choose }) {
  const found = film?.scenes.flatMap((scene) => scene.layout.map((each) => ({ scene, ...each }))) ?? []
  return html`
    ${script.error && html`<p class="fault" role="alert">${script.error}</p>`}
    ${found.length === 0 && !script.error && html`<p>Nothing was found in the layout.</p>`}
    <ul class="faults">${found.map((each) => html`
      <li><button onClick=${() => choose(each.scene.name, each.frame)}>
        <b>${each.scene.name}, ${(each.frame / film.fps).toFixed(1)} s</b> ${each.what}</button></li>`)}</ul>`
}

// `tapehead tape gui`: nothing but tapes, on footage of one's own.
function TapeAlone({ state, linked, fault, setFault }) {
  return html`
    <header class="top"><h1>Tape: ${state.title}</h1><p class="status" role="status">${linked ? '' : 'The studio has ended.'}</p></header>
    ${fault && html`<p class="fault" role="alert">${fault} <button onClick=${() => setFault('')} aria-label="Close">×</button></p>`}
    <main class="alone"><section><${Tape} own=${state.own} first="sp" /></section>
      <section><h2>Queue</h2>${state.jobs.length ? html`<${Queue} jobs=${state.jobs} complain=${setFault} />` : html`<p class="note">Nothing was put on tape yet.</p>`}</section></main>`
}

// What is being drawn, until it is drawn.
function Drawing({ now }) {
  const [tick, setTick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setTick((old) => old + 1), 1000)
    return () => clearInterval(timer)
  }, [])
  return html`<figure class="now"><img src=${`api/now.png?n=${now.number}-${tick}`} alt=${`Scene ${now.scene} while it is drawn`} /><figcaption>drawing ${now.scene} …</figcaption></figure>`
}

function Studio() {
  const [state, setState] = useState(null)
  const [at, setAt] = useState({ scene: '', frame: 0 })
  const [pane, setPane] = useState('words')
  const [fault, setFault] = useState('')
  const [linked, setLinked] = useState(false)
  const [picked, setPicked] = useState(null)
  const [language, setLanguage] = useState('')
  const refresh = useCallback(() => get('api/state').then(setState, (error) => setFault(error.message)), [])
  useEffect(() => listen(refresh, setLinked), [])
  if (!state) return html`<p class="waiting">${fault || 'Opening the film …'}</p>`
  if (state.mode === 'tape') return html`<${TapeAlone} state=${state} linked=${linked} fault=${fault} setFault=${setFault} />`
  const { film, script, jobs } = state
  const scene = film && (film.scenes.find((each) => each.name === at.scene) ?? film.scenes[0])
  const frame = scene ? Math.min(at.frame, scene.frames - 1) : 0
  const choose = (name, to = 0) => setAt({ scene: name, frame: to })
  const lineOf = (name, key) => {
    const line = film.scenes.find((each) => each.name === name)?.lines.find((each) => each.key === key)
    choose(name, line ? Math.round(line.start * film.fps) : 0)
    if (line) setPane('words')
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
  const failed = [...jobs].reverse().find((job) => job.kind === 'draw')
  return html`
    <header class="top">
      <h1>${state.title}</h1>
      <p class="status" role="status">${!linked ? 'The studio has ended.' : running ? running.log.at(-1) || `${running.title} …` : ''}</p>
      <button onClick=${() => post('api/draw').catch((error) => setFault(error.message))}>Draw again</button>
    </header>
    ${fault && html`<p class="fault" role="alert">${fault} <button onClick=${() => setFault('')} aria-label="Close">×</button></p>`}
    ${failed?.state === 'failed' && html`<pre class="fault" role="alert">${failed.log.filter((line) => line.startsWith('tapehead:') || line.startsWith(' ')).join('\n') || failed.log.slice(-6).join('\n')}</pre>`}
    <main>
      ${scene
        ? html`<${Viewer} film=${film} scene=${scene} frame=${frame} tape="on" choose=${choose}
            pick=${(number) => { setPicked(number); setPane('results') }}
            setFrame=${(to) => setAt({ scene: scene.name, frame: to })} />`
        : html`<section class="viewer"><p class="waiting">The scenes are being drawn …</p></section>`}
      ${state.now && html`<${Drawing} now=${state.now} />`}
      <section class="panes">
        <nav role="tablist" aria-label="Panes">${PANES.map(([name, title]) => html`
          <button role="tab" id=${`tab-${name}`} aria-selected=${pane === name} aria-controls="pane" onClick=${() => setPane(name)}>${title}</button>`)}</nav>
        <div id="pane" role="tabpanel" aria-labelledby=${`tab-${pane}`} tabindex="0">
          ${pane === 'words' && scene && html`<${Words} script=${script} scene=${scene} film=${film} frame=${frame}
            edit=${(key, changes) => sent('api/script/edit', { key, changes })} step=${(name) => sent(`api/script/${name}`, {})}
            pronounce=${(word, said) => sent('api/script/pronounce', { word, said })} languages=${state.captions} language=${language}
            setLanguage=${setLanguage} complain=${setFault}
            setFrame=${(to) => setAt({ scene: scene.name, frame: to })} />`}
          ${pane === 'tape' && scene && html`<${Tape} scene=${scene} frame=${frame} film=${film} own=${state.own} />`}
          ${pane === 'results' && (scene
            ? html`<${Results} film=${film} scene=${scene} picked=${picked} choose=${lineOf} />`
            : html`<p>Nothing is drawn yet.</p>`)}
          ${pane === 'faults' && html`<${Faults} film=${film} script=${script} choose=${choose} />`}
          ${pane === 'out' && html`<${Out} state=${state} complain=${setFault} />`}
        </div>
      </section>
    </main>`
}

render(html`<${Studio} />`, document.getElementById('studio'))
