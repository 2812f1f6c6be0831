// A chart of numbers as they were computed: lines, bars, a map of colours, or a table.  Nothing is drawn in between.

import { html } from 'htm/preact'
import { useState } from 'preact/hooks'

const COLOURS = ['#f2b84b', '#7fb2f0', '#8fd694', '#f08f8f', '#c9a4f0', '#5fd0cf', '#f0a3d0', '#c8c8a0']
const WIDTH = 460
const HEIGHT = 250
const LEFT = 58
const BOTTOM = 30
const TOP = 10

export const shown = (value) => {
  if (value === null) return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Number.isInteger(value)) return String(value).replace('-', '−')
  return String(Number(value.toPrecision(5))).replace('-', '−')
}

// Round steps that fill the range from low to high.
function ticks(low, high) {
  const rough = (high - low) / 4 || 1
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough)
  const found = []
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k += 1) found.push(Number((k * step).toPrecision(12)))
  return found
}

const finite = (rows) => rows.flat().filter((value) => value !== null).map(Number)

export function rangeOf(rows, fromZero) {
  const all = finite(rows)
  if (!all.length) return [0, 1]
  let low = all.reduce((a, b) => Math.min(a, b))
  let high = all.reduce((a, b) => Math.max(a, b))
  if (fromZero) [low, high] = [Math.min(low, 0), Math.max(high, 0)]
  if (low === high) [low, high] = [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2]
  return [low, high]
}

function Axes({ low, high, place, data, across }) {
  const every = Math.max(1, Math.ceil(data.x.length / 8))
  return html`
    ${ticks(low, high).map((value) => html`
      <line class="grid" x1=${LEFT} x2=${WIDTH} y1=${place(value)} y2=${place(value)} />
      <text class="tick" x=${LEFT - 6} y=${place(value) + 4} text-anchor="end">${shown(value)}</text>`)}
    ${data.x.map((label, k) => k % every === 0 && html`
      <text class="tick" x=${across(k)} y=${HEIGHT - BOTTOM + 16} text-anchor="middle">${label.length > 10 ? `${label.slice(0, 9)}…` : label}</text>`)}
    <text class="tick" x=${WIDTH} y=${HEIGHT - 2} text-anchor="end">${data.along}</text>
    <text class="tick" x="2" y=${TOP + 2}>${data.unit}</text>`
}

function Drawn({ data, kind, point, setPoint, picked }) {
  const [low, high] = rangeOf(data.rows, kind === 'bars')
  const inner = WIDTH - LEFT
  const count = data.x.length
  const across = kind === 'lines' && count > 1
    ? (k) => LEFT + 8 + (k / (count - 1)) * (inner - 16)
    : (k) => LEFT + ((k + 0.5) / count) * inner
  const place = (value) => TOP + (1 - (value - low) / (high - low)) * (HEIGHT - BOTTOM - TOP)
  const zero = place(Math.min(Math.max(0, low), high))
  const wide = Math.max(1, (0.8 * inner) / count / data.rows.length)
  const near = (event) => {
    const box = event.currentTarget.getBoundingClientRect()
    const x = ((event.clientX - box.left) / box.width) * WIDTH
    const y = ((event.clientY - box.top) / box.height) * HEIGHT
    let best = null
    data.rows.forEach((row, r) => row.forEach((value, k) => {
      if (value === null) return
      const middle = across(k) + (kind === 'bars' ? (r - (data.rows.length - 1) / 2) * wide : 0)
      const far = Math.abs(middle - x) * 4 + (kind === 'lines' ? Math.abs(place(Number(value)) - y) : 0)
      if (!best || far < best.far) best = { far, r, k }
    }))
    setPoint(best)
  }
  return html`
    <svg class="chart" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${`${data.names.length} rows of ${count} numbers along ${data.along || 'no axis'}`}
      onPointerMove=${near} onPointerLeave=${() => setPoint(null)}>
      <${Axes} low=${low} high=${high} place=${place} data=${data} across=${across} />
      ${data.rows.map((row, r) => {
        const colour = COLOURS[r % COLOURS.length]
        if (kind === 'bars')
          return row.map((value, k) => value !== null && html`
            <rect x=${across(k) + (r - data.rows.length / 2) * wide} width=${wide * 0.92} fill=${colour}
              y=${Math.min(zero, place(Number(value)))} height=${Math.max(1, Math.abs(zero - place(Number(value))))} />`)
        // a number that is not there leaves a gap
        const parts = []
        row.forEach((value, k) => {
          if (value === null) return
          const at = `${across(k).toFixed(1)},${place(Number(value)).toFixed(1)}`
          if (k === 0 || row[k - 1] === null || !parts.length) parts.push([at])
          else parts.at(-1).push(at)
        })
        return html`
          ${parts.map((part) => html`<polyline points=${part.join(' ')} fill="none" stroke=${colour} stroke-width="1.8" />`)}
          ${count <= 60 && row.map((value, k) => value !== null && html`<circle cx=${across(k)} cy=${place(Number(value))} r="2.6" fill=${colour} />`)}`
      })}
      ${[picked, point].map((each) => each && data.rows[each.r]?.[each.k] !== null && data.rows[each.r]?.[each.k] !== undefined && html`
        <circle class="ring" r="6" cy=${place(Number(data.rows[each.r][each.k]))}
          cx=${across(each.k) + (kind === 'bars' ? (each.r - (data.rows.length - 1) / 2) * wide : 0)} />`)}
    </svg>`
}

// Colours from the least to the most; where there are numbers on both sides of nothing, nothing is grey.
export function colourOf(value, low, high) {
  const mix = (from, to, share) => from.map((each, k) => Math.round(each + (to[k] - each) * share))
  const grey = [44, 49, 60]
  if (low < 0 && high > 0) {
    const most = Math.max(-low, high)
    return `rgb(${mix(grey, value < 0 ? [127, 178, 240] : [242, 184, 75], Math.abs(value) / most).join(',')})`
  }
  return `rgb(${mix(grey, [242, 184, 75], (value - low) / (high - low)).join(',')})`
}

function Heat({ data, point, setPoint, picked }) {
  const [low, high] = rangeOf(data.rows, false)
  const wide = (WIDTH - LEFT) / data.x.length
  const tall = (HEIGHT - BOTTOM - TOP) / data.rows.length
  const every = Math.max(1, Math.ceil(data.x.length / 8))
  const step = Math.max(1, Math.ceil(data.rows.length / 10))
  const at = (event) => {
    const box = event.currentTarget.getBoundingClientRect()
    const k = Math.floor((((event.clientX - box.left) / box.width) * WIDTH - LEFT) / wide)
    const r = Math.floor((((event.clientY - box.top) / box.height) * HEIGHT - TOP) / tall)
    setPoint(data.rows[r]?.[k] === undefined ? null : { r, k })
  }
  return html`
    <svg class="chart" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${`A map of ${data.rows.length} by ${data.x.length} numbers`}
      onPointerMove=${at} onPointerLeave=${() => setPoint(null)}>
      ${data.rows.map((row, r) => row.map((value, k) => value !== null && html`
        <rect x=${LEFT + k * wide} y=${TOP + r * tall} width=${wide + 0.3} height=${tall + 0.3} fill=${colourOf(Number(value), low, high)} />`))}
      ${data.names.map((name, r) => r % step === 0 && html`<text class="tick" x=${LEFT - 4} y=${TOP + (r + 0.5) * tall + 4} text-anchor="end">${name.slice(0, 8)}</text>`)}
      ${data.x.map((label, k) => k % every === 0 && html`<text class="tick" x=${LEFT + (k + 0.5) * wide} y=${HEIGHT - BOTTOM + 16} text-anchor="middle">${label.slice(0, 9)}</text>`)}
      <text class="tick" x=${WIDTH} y=${HEIGHT - 2} text-anchor="end">${data.along}</text>
      ${[picked, point].map((each) => each && html`<rect class="ring" x=${LEFT + each.k * wide} y=${TOP + each.r * tall} width=${wide} height=${tall} />`)}
    </svg>
    <p class="note">from ${shown(low)} (grey) to ${shown(high)} ${data.unit}</p>`
}

function Table({ data }) {
  const rows = data.rows.slice(0, 100)
  return html`
    <div class="table" tabindex="0" role="region" aria-label="Numbers">
      <table>
        <thead><tr><th scope="col">${data.along}</th>${data.names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>${data.x.slice(0, 500).map((label, k) => html`
          <tr><th scope="row">${label}</th>${rows.map((row) => html`<td>${shown(row[k])}</td>`)}</tr>`)}</tbody>
      </table>
    </div>
    ${data.x.length > 500 && html`<p class="note">the first 500 of ${data.x.length}</p>`}`
}

export function Chart({ data, kind, picked }) {
  const [point, setPoint] = useState(null)
  const told = point ?? picked
  const value = told && data.rows[told.r]?.[told.k]
  if (kind === 'table') return html`<${Table} data=${data} />`
  return html`
    ${kind === 'map'
      ? html`<${Heat} data=${data} point=${point} setPoint=${setPoint} picked=${picked} />`
      : html`<${Drawn} data=${data} kind=${kind} point=${point} setPoint=${setPoint} picked=${picked} />`}
    <p class="told" role="status">${told && value !== undefined
      ? `${[data.by && `${data.by} ${data.names[told.r]}`, data.along && `${data.along} ${data.x[told.k]}`].filter(Boolean).join(', ')}: ${shown(value)} ${data.unit}`
      : '\u00a0'}</p>
    ${kind !== 'map' && data.names.length > 1 && html`<ul class="legend">${data.names.slice(0, 16).map((name, r) => html`
      <li><i style=${{ background: COLOURS[r % COLOURS.length] }}></i>${name}</li>`)}${data.names.length > 16 && html`<li>and ${data.names.length - 16} more</li>`}</ul>`}
    ${(data.every[0] > 1 || data.every[1] > 1) && html`<p class="note">too many to show: every ${data.every[1]}th number${data.every[0] > 1 ? ` of every ${data.every[0]}th row` : ''}</p>`}`
}
