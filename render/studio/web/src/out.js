// What is made of the film, and the queue of it.  Publishing shows first what would be sent, and asks again.

import { html } from 'htm/preact'
import { useEffect, useState } from 'preact/hooks'
import { get, post } from './api.js'

const QUALITIES = ['480p15', '720p30', '1080p60', '1440p60', '2160p60']
const FORMATS = ['pdf', 'svg', 'png', 'csv', 'npz', 'xlsx']

function Choice({ label, value, set, options }) {
  return html`<label>${label} <select value=${value} onChange=${(event) => set(event.target.value)}>
    ${options.map((each) => (Array.isArray(each) ? html`<option value=${each[0]}>${each[1]}</option>` : html`<option>${each}</option>`))}</select></label>`
}

function Several({ label, all, chosen, set }) {
  return html`<fieldset class="several"><legend>${label}</legend>${all.map(([name, title]) => html`
    <label><input type="checkbox" checked=${chosen.includes(name)}
      onChange=${(event) => set(event.target.checked ? all.map(([each]) => each).filter((each) => each === name || chosen.includes(each)) : chosen.filter((each) => each !== name))} /> ${title}</label>`)}</fieldset>`
}

function Render({ film, presets, make }) {
  const [quality, setQuality] = useState('480p15')
  const [tape, setTape] = useState(film?.tape ?? 'clean')
  return html`<div class="make">
    <${Choice} label="Quality" value=${quality} set=${setQuality} options=${QUALITIES} />
    <${Choice} label="Tape" value=${tape} set=${setTape} options=${presets.map((each) => [each.name, each.name])} />
    <button onClick=${() => make('render', { quality, tape })}>Render the film</button></div>`
}

function Figures({ make }) {
  const [formats, setFormats] = useState(['pdf', 'svg', 'png'])
  const [style, setStyle] = useState('light')
  const [all, setAll] = useState(false)
  return html`<div class="make">
    <${Several} label="Files" all=${FORMATS.map((each) => [each, each])} chosen=${formats} set=${setFormats} />
    <${Choice} label="Style" value=${style} set=${setStyle} options=${['light', 'dark', 'print']} />
    <label><input type="checkbox" checked=${all} onChange=${(event) => setAll(event.target.checked)} /> every figure there is</label>
    <button disabled=${!formats.length} onClick=${() => make('figures', { formats, style, all })}>Draw the figures</button></div>`
}

function Slides({ make }) {
  const [to, setTo] = useState('html')
  const [stops, setStops] = useState('cues')
  const [extra, setExtra] = useState([])
  return html`<div class="make">
    <${Choice} label="As" value=${to} set=${setTo} options=${['html', 'pptx', 'pdf']} />
    <${Choice} label="Stop at" value=${stops} set=${setStops} options=${[['cues', 'each line'], ['marks', 'each mark too']]} />
    <${Several} label="Above each picture" all=${[['titles', 'titles'], ['numbers', 'numbers']]} chosen=${extra} set=${setExtra} />
    <button onClick=${() => make('slides', { to, stops, titles: extra.includes('titles'), numbers: extra.includes('numbers') })}>Make slides</button></div>`
}

function Short({ film, make }) {
  const scenes = film?.scenes ?? []
  const [chosen, setChosen] = useState(scenes.slice(0, 1).map((each) => each.name))
  const [most, setMost] = useState(60)
  return html`<div class="make">
    <${Several} label="Scenes" all=${scenes.map((each) => [each.name, each.title || each.name])} chosen=${chosen} set=${setChosen} />
    <label>Seconds at most <input type="number" min="10" max="180" value=${most} onChange=${(event) => setMost(Number(event.target.value))} /></label>
    <button disabled=${!chosen.length} onClick=${() => make('short', { scenes: chosen, most })}>Make a short</button></div>`
}

function Dry({ number, title, fresh, complain }) {
  const [plan, setPlan] = useState(null)
  const [sure, setSure] = useState('')
  const [asked, setAsked] = useState(false)
  useEffect(() => { get(`api/jobs/${number}/dry`).then(setPlan, (error) => complain(error.message)) }, [number])
  if (!plan) return null
  const publish = () => post('api/publish', { dry: number, sure }).then(() => setAsked(false), (error) => complain(error.message))
  return html`
    <div class="dry" role="region" aria-label="What would be sent">
      <p><b>What would be sent</b>, ${plan.requests.length} requests, ${plan.quota.units} units of quota. Nothing was sent yet.</p>
      <ol>${plan.requests.map((each) => html`<li><code>${each.http} ${each.url}</code>
        ${each.body && html`<pre tabindex="0" aria-label=${`Body of ${each.url}`}>${JSON.stringify(each.body, null, 1)}</pre>`}
        ${each.media && html`<small>${JSON.stringify(each.media)}</small>`}</li>`)}</ol>
      ${plan.open.map((each) => html`<p class="warn">open: ${each}</p>`)}
      ${!fresh && html`<p class="warn">There is no package that could be sent: make it, then look at a new dry run.</p>`}
      ${fresh && !asked && html`<button onClick=${() => setAsked(true)}>Publish this …</button>`}
      ${fresh && asked && html`<div class="make">
        <label>Write the film's title, “${title}”, to send it <input value=${sure} onInput=${(event) => setSure(event.target.value)} /></label>
        <button class="danger" disabled=${sure.trim() !== title.trim()} onClick=${publish}>Publish now</button>
        <button onClick=${() => setAsked(false)}>Do not</button></div>`}
    </div>`
}

function Publish({ state, make, complain }) {
  const [privacy, setPrivacy] = useState('private')
  const [captions, setCaptions] = useState(true)
  const dry = [...state.jobs].reverse().find((job) => job.kind === 'dry run')
  return html`
    <div class="make">
      <${Choice} label="Who sees it" value=${privacy} set=${setPrivacy} options=${['private', 'unlisted', 'public']} />
      <label><input type="checkbox" checked=${captions} onChange=${(event) => setCaptions(event.target.checked)} /> with captions</label>
      <button onClick=${() => make('dry run', { privacy, captions })}>Show what would be sent</button>
    </div>
    ${!state.package && html`<p class="note">There is no package yet: a dry run shows what is missing.</p>`}
    ${dry?.state === 'done' && html`<${Dry} key=${dry.number} number=${dry.number} title=${state.title} fresh=${state.publishable.includes(dry.number)} complain=${complain} />`}`
}

// Every save draws anew: of drawings and checks only what goes on or went wrong is of interest.
const told = (jobs) => jobs.filter((job, k) => !['draw', 'check'].includes(job.kind)
  || ['waiting', 'running'].includes(job.state)
  || (job.kind === 'draw' && job.state === 'failed' && !jobs.slice(k + 1).some((later) => later.kind === 'draw')))

export function Queue({ jobs, complain }) {
  const list = told(jobs).reverse()
  if (!list.length) return html`<p class="note">Nothing was begun yet.</p>`
  return html`
    <ol class="jobs" aria-label="Queue">${list.map((job) => html`
      <li key=${job.number}>
        <header><b>${job.title}</b> <span class=${`state is-${job.state}`}>${job.state}</span>
          ${['waiting', 'running'].includes(job.state) && html`<button onClick=${() => post(`api/jobs/${job.number}/stop`).catch((error) => complain(error.message))}>Stop</button>`}
        </header>
        ${job.progress && html`<div class="progress"><progress max="1" value=${job.progress.share} aria-label=${`Progress of ${job.title}`}></progress>
          <span>${job.progress.stage} ${Math.round(job.progress.share * 100)} %${job.progress.left_s !== null ? `, about ${job.progress.left_s} s left` : ''}</span></div>`}
        ${job.files.length > 0 && html`<ul class="files">${job.files.map((name, place) => html`
          <li><a href=${`api/jobs/${job.number}/files/${place}`} download=${name}>${name}</a></li>`)}</ul>`}
        ${job.log.length > 0 && html`<details open=${job.state === 'failed'}><summary>Log</summary>
          <pre tabindex="0" aria-label=${`Log of ${job.title}`}>${job.log.slice(-20).join('\n')}</pre></details>`}
      </li>`)}</ol>`
}

function Export({ film, presets, make }) {
  const [to, setTo] = useState(['otio'])
  const [codec, setCodec] = useState('prores')
  const [quality, setQuality] = useState('1080p60')
  const [tape, setTape] = useState(film?.tape ?? 'clean')
  const [alpha, setAlpha] = useState(false)
  return html`<p class="note">Scenes, sound in parts, markers, captions and a timeline, for an editing program.</p><div class="make">
    <${Several} label="Timelines" all=${[['otio', 'OpenTimelineIO'], ['fcpxml', 'Final Cut, Resolve'], ['edl', 'EDL']]} chosen=${to} set=${setTo} />
    <${Choice} label="Codec" value=${codec} set=${setCodec} options=${[['prores', 'ProRes'], ['ffv1', 'FFV1, without loss']]} />
    <${Choice} label="Quality" value=${quality} set=${setQuality} options=${QUALITIES} />
    <${Choice} label="Tape" value=${tape} set=${setTape} options=${presets.map((each) => [each.name, each.name])} />
    <label class="check"><input type="checkbox" checked=${alpha} onChange=${(event) => setAlpha(event.target.checked)} /> scenes without their ground (alpha)</label>
    <button disabled=${!to.length} onClick=${() => make('export', { to, codec, quality, tape, alpha })}>Export the film</button></div>`
}

function Dub({ film, languages, presets, make }) {
  const [language, setLanguage] = useState(languages[0] ?? '')
  const [quality, setQuality] = useState('480p15')
  const [tape, setTape] = useState(film?.tape ?? 'clean')
  if (!languages.length) return html`<p class="note">A film is dubbed by its captions, and this one has none in another language yet: the pane of words begins them.</p>`
  return html`<p class="note">The film in another language: its captions spoken, its cues after the new timing.</p><div class="make">
    <${Choice} label="Language" value=${language} set=${setLanguage} options=${languages} />
    <${Choice} label="Quality" value=${quality} set=${setQuality} options=${QUALITIES} />
    <${Choice} label="Tape" value=${tape} set=${setTape} options=${presets.map((each) => [each.name, each.name])} />
    <button onClick=${() => make('dub', { language, quality, tape })}>Dub the film</button></div>`
}

const KINDS = [['render', 'Film'], ['package', 'Package'], ['figures', 'Figures'], ['slides', 'Slides'], ['short', 'Short'], ['page', 'Page'], ['export', 'Export'], ['dub', 'Dub'], ['publish', 'Publish']]

export function Out({ state, complain }) {
  const [kind, setKind] = useState('render')
  const make = (what, choices = {}) => post(`api/make/${encodeURIComponent(what)}`, choices).then(() => complain(''), (error) => complain(error.message))
  const film = state.film
  return html`
    <div class="tools kinds" role="group" aria-label="What to make">${KINDS.map(([name, title]) => html`
      <button aria-pressed=${kind === name} onClick=${() => setKind(name)}>${title}</button>`)}</div>
    ${kind === 'render' && html`<${Render} key=${film?.tape} film=${film} presets=${state.presets} make=${make} />`}
    ${kind === 'package' && html`<div class="make"><p class="note">All that a publisher needs, in one folder, of the largest film that is rendered.</p>
      <button onClick=${() => make('package')}>Make the package</button></div>`}
    ${kind === 'figures' && html`<${Figures} make=${make} />`}
    ${kind === 'slides' && html`<${Slides} make=${make} />`}
    ${kind === 'short' && html`<${Short} key=${film?.scenes.length} film=${film} make=${make} />`}
    ${kind === 'page' && html`<div class="make"><p class="note">The film for readers: one file, with figures that can be touched.</p>
      <button onClick=${() => make('page')}>Make the page</button></div>`}
    ${kind === 'export' && html`<${Export} key=${film?.tape} film=${film} presets=${state.presets} make=${make} />`}
    ${kind === 'dub' && html`<${Dub} key=${`${film?.tape} ${state.captions}`} film=${film} languages=${state.captions} presets=${state.presets} make=${make} />`}
    ${kind === 'publish' && html`<${Publish} state=${state} make=${make} complain=${complain} />`}
    <h2>Queue</h2>
    <p class="note">One after another; closing the tab stops nothing.</p>
    <${Queue} jobs=${state.jobs} complain=${complain} />`
}
