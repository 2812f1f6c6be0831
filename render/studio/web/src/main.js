// The studio: one film, its frames on the left, its words, tape, faults and work on the right.

import { html, render } from 'htm/preact'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { get, listen, post } from './api.js'
import { Words } from './script.js'
import { Tape } from './tape.js'
import { Viewer } from './viewer.js'

const PANES = [['words', 'Words'], ['tape', 'Tape'], ['faults', 'Faults'], ['work', 'Work']]

function Faults({ film, script, choose }) {
  const found = film?.scenes.flatMap((scene) => scene.layout.map((each) => ({ scene, ...each }))) ?? []
  return html`
    ${script.error && html`<p class="fault" role="alert">${script.error}</p>`}
    ${found.length === 0 && !script.error && html`<p>Nothing was found in the layout.</p>`}
    <ul class="faults">${found.map((each) => html`
      <li><button onClick=${() => choose(each.scene.name, each.frame)}>
        <b>${each.scene.name}, ${(each.frame / film.fps).toFixed(1)} s</b> ${each.what}</button></li>`)}</ul>`
}

function Work({ jobs, film, complain }) {
  const [quality, setQuality] = useState('480p15')
  const start = () => post('api/render', { quality, tape: film.tape }).catch((error) => complain(error.message))
  return html`
    <div class="tools">
      <label>Quality <select value=${quality} onChange=${(event) => setQuality(event.target.value)}>
        ${['480p15', '720p30', '1080p60', '1440p60', '2160p60'].map((each) => html`<option>${each}</option>`)}</select></label>
      <button onClick=${start} disabled=${!film}>Render the film</button>
    </div>
    <ol class="jobs">${[...jobs].reverse().map((job) => html`
      <li key=${job.number}>
        <header><b>${job.title}</b> <span class=${`state ${job.state}`}>${job.state}</span>
          ${['waiting', 'running'].includes(job.state) && html`<button onClick=${() => post(`api/jobs/${job.number}/stop`)}>Stop</button>`}
        </header>
        ${job.log.length > 0 && html`<pre tabindex="0" aria-label=${`Log of ${job.title}`}>${job.log.slice(-12).join('\n')}</pre>`}
      </li>`)}</ol>`
}

function Studio() {
  const [state, setState] = useState(null)
  const [at, setAt] = useState({ scene: '', frame: 0 })
  const [pane, setPane] = useState('words')
  const [fault, setFault] = useState('')
  const [linked, setLinked] = useState(false)
  const refresh = useCallback(() => get('api/state').then(setState, (error) => setFault(error.message)), [])
  useEffect(() => listen(refresh, setLinked), [])
  if (!state) return html`<p class="waiting">${fault || 'Opening the film …'}</p>`
  const { film, script, jobs } = state
  const scene = film && (film.scenes.find((each) => each.name === at.scene) ?? film.scenes[0])
  const frame = scene ? Math.min(at.frame, scene.frames - 1) : 0
  const choose = (name, to = 0) => setAt({ scene: name, frame: to })
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
            setFrame=${(to) => setAt({ scene: scene.name, frame: to })} />`
        : html`<section class="viewer"><p class="waiting">The scenes are being drawn …</p></section>`}
      <section class="panes">
        <nav role="tablist" aria-label="Panes">${PANES.map(([name, title]) => html`
          <button role="tab" id=${`tab-${name}`} aria-selected=${pane === name} aria-controls="pane" onClick=${() => setPane(name)}>${title}</button>`)}</nav>
        <div id="pane" role="tabpanel" aria-labelledby=${`tab-${pane}`} tabindex="0">
          ${pane === 'words' && scene && html`<${Words} script=${script} scene=${scene} film=${film} frame=${frame}
            edit=${(key, changes) => sent('api/script/edit', { key, changes })} step=${(name) => sent(`api/script/${name}`, {})}
            setFrame=${(to) => setAt({ scene: scene.name, frame: to })} />`}
          ${pane === 'tape' && scene && html`<${Tape} scene=${scene} frame=${frame} film=${film} />`}
          ${pane === 'faults' && html`<${Faults} film=${film} script=${script} choose=${choose} />`}
          ${pane === 'work' && html`<${Work} jobs=${jobs} film=${film} complain=${setFault} />`}
        </div>
      </section>
    </main>`
}

render(html`<${Studio} />`, document.getElementById('studio'))
