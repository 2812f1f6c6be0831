// Every result of the film: what it is, who uses it, and its numbers as a chart along chosen axes.

import { html } from 'htm/preact'
import { useEffect, useState } from 'preact/hooks'
import { counted, get } from './api.js'
import { Chart, shown } from './chart.js'

const KINDS = [['lines', 'Lines'], ['bars', 'Bars'], ['map', 'Map'], ['table', 'Table']]

const kindFor = (quantity) => {
  const first = quantity.axes[0]
  return !first || (first.size <= 12 && quantity.axes.length === 1) ? 'bars' : quantity.axes.length === 1 ? 'lines' : 'map'
}

function Quantity({ result, quantity, index, digest }) {
  const names = quantity.axes.map((axis) => axis.name)
  // the longest axis lies, and what has two of them is a map
  const [kind, setKind] = useState(kindFor(quantity))
  const [along, setAlong] = useState(names.at(-1) ?? '')
  const [by, setBy] = useState(names.length > 1 ? names.at(-2) : '')
  const [at, setAt] = useState(Object.fromEntries(quantity.axes.map((axis, k) => [axis.name, index[k] ?? 0])))
  const [data, setData] = useState(null)
  const [fault, setFault] = useState('')
  const rest = quantity.axes.filter((axis) => axis.name !== along && axis.name !== by)
  useEffect(() => {
    let wanted = true
    const query = new URLSearchParams({ along, by })
    for (const axis of rest) query.set(`at.${axis.name}`, at[axis.name])
    get(`api/results/${encodeURIComponent(result)}/${encodeURIComponent(quantity.name)}?${query}`).then(
      (found) => wanted && (setData(found), setFault('')),
      (error) => wanted && setFault(error.message),
    )
    return () => { wanted = false }
  }, [result, quantity.name, along, by, JSON.stringify(at), digest])
  const place = (axis, every) => Math.round((at[axis] ?? 0) / every)
  const picked = data && index.length > 0 && { k: along ? place(along, data.every[1]) : 0, r: by ? place(by, data.every[0]) : 0 }
  const axisName = (axis) => `${axis.name} (${axis.size})`
  return html`
    <div class="quantity">
      ${names.length > 0 && html`<div class="tools">
        <label>Along <select value=${along} onChange=${(event) => { setAlong(event.target.value); if (by === event.target.value) setBy('') }}>
          ${quantity.axes.map((axis) => html`<option value=${axis.name}>${axisName(axis)}</option>`)}</select></label>
        ${names.length > 1 && html`<label>Rows <select value=${by} onChange=${(event) => setBy(event.target.value)}>
          <option value="">one</option>
          ${quantity.axes.filter((axis) => axis.name !== along).map((axis) => html`<option value=${axis.name}>${axisName(axis)}</option>`)}</select></label>`}
        <label>As <select value=${kind} onChange=${(event) => setKind(event.target.value)}>
          ${KINDS.map(([name, title]) => html`<option value=${name}>${title}</option>`)}</select></label>
      </div>`}
      ${rest.map((axis) => html`<label class="setting"><span>${axis.name}</span>
        <input type="range" min="0" max=${axis.size - 1} value=${at[axis.name]} onInput=${(event) => setAt({ ...at, [axis.name]: Number(event.target.value) })} />
        <output>${axis.labels[at[axis.name]] ?? at[axis.name]}</output></label>`)}
      ${fault && html`<p class="fault" role="alert">${fault}</p>`}
      ${data && (names.length ? html`<${Chart} data=${data} kind=${kind} picked=${picked} />` : html`<p class="value">${shown(data.rows[0][0])} ${data.unit}</p>`)}
    </div>`
}

function Result({ told, picked, choose, film }) {
  const [array, setArray] = useState(picked?.array || (told.quantities.find((each) => each.axes.length) ?? told.quantities[0])?.name)
  useEffect(() => { if (picked?.array) setArray(picked.array) }, [picked])
  const quantity = told.quantities.find((each) => each.name === array)
  const scene = (name) => html`<button onClick=${() => choose(name)}>${film.scenes.find((each) => each.name === name)?.title || name}</button>`
  const facts = Object.entries(told.facts)
  return html`
    <div class="result">
      ${told.sentence && html`<p>${told.sentence}</p>`}
      <dl class="facts">
        <dt>Origin</dt><dd>${told.origin}${told.model && `, model ${told.model}`}${told.citation && `: ${told.citation}`}</dd>
        <dt>Code</dt><dd><code>${told.code}</code>${told.run.version !== undefined && `, version ${told.run.version}, seed ${told.run.seed}`}</dd>
        <dt>Digest</dt><dd><code title=${told.digest}>${told.digest.slice(0, 16)}</code></dd>
        ${told.figures.map((each) => each.control && html`<dt>Control</dt><dd>${each.control} <small>(figure ${each.name})</small></dd>`)}
        ${facts.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}
        <dt>Scenes</dt><dd class="uses">${told.scenes.length ? told.scenes.map(scene) : 'none'}</dd>
        <dt>Lines</dt><dd class="uses">${told.lines.length ? told.lines.map((each) => html`
          <button title=${each.source} onClick=${() => choose(each.scene, each.line)}>${each.line}: “${each.said}”</button>`) : 'none says a number of it'}</dd>
      </dl>
      <div class="table" tabindex="0" role="region" aria-label="Quantities"><table class="quantities">
        <thead><tr>${['quantity', 'axes', 'unit', 'from', 'to', 'n', 'control'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>${told.quantities.map((each) => html`
          <tr class=${each.name === array ? 'here' : ''}>
            <th scope="row"><button aria-pressed=${each.name === array} onClick=${() => setArray(each.name)}>${each.name}</button></th>
            <td>${each.axes.map((axis) => `${axis.name} ${axis.size}`).join(' × ') || 'one number'}</td><td>${each.unit}</td>
            <td>${shown(each.least)}</td><td>${shown(each.most)}</td><td>${each.n}</td><td>${each.control}</td></tr>`)}</tbody>
      </table></div>
      ${quantity && html`<${Quantity} key=${`${told.id}/${array}/${picked?.array === array ? picked.source : ''}`} result=${told.id} quantity=${quantity}
        index=${picked?.array === array ? picked.index : []} digest=${told.digest} />`}
    </div>`
}

export function Results({ film, scene, picked, choose }) {
  const [results, setResults] = useState(null)
  const [open, setOpen] = useState(picked?.result ?? '')
  const [here, setHere] = useState(false)
  const [fault, setFault] = useState('')
  useEffect(() => { get('api/results').then(setResults, (error) => setFault(error.message)) }, [film.results])
  useEffect(() => { if (picked) { setOpen(picked.result); setHere(false) } }, [picked])
  if (fault) return html`<p class="fault" role="alert">${fault}</p>`
  if (!results) return html`<p>…</p>`
  const list = here ? results.filter((each) => each.scenes.includes(scene.name)) : results
  return html`
    <div class="tools">
      <label class="check"><input type="checkbox" checked=${here} onChange=${(event) => setHere(event.target.checked)} /> only those of this scene</label>
      <span>${list.length === results.length ? counted(list.length, 'result') : `${list.length} of ${counted(results.length, 'result')}`}</span>
    </div>
    <p class="note">Point at a number in the frame to see where it comes from.</p>
    <ol class="results">${list.map((told) => html`
      <li key=${told.id} class=${open === told.id ? 'here' : ''}>
        <button class="head" aria-expanded=${open === told.id} onClick=${() => setOpen(open === told.id ? '' : told.id)}>
          <b>${told.id}</b><span class=${`origin ${told.origin}`}>${told.origin}</span>
          <small>${counted(told.quantities.length, 'quantity', 'quantities')}, ${counted(told.scenes.length, 'scene')}, ${counted(told.lines.length, 'line')}</small></button>
        ${open === told.id && html`<${Result} told=${told} film=${film} choose=${choose} picked=${picked?.result === told.id ? picked : null} />`}
      </li>`)}</ol>`
}
