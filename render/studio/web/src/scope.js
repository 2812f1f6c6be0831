// The measurements of a tape: response curves, the luma edge and the vectorscope, as `tapehead tape measure` finds them.

import { html } from 'htm/preact'
import { useEffect, useState } from 'preact/hooks'
import { post } from './api.js'
import { shown } from './chart.js'

const COLOURS = { luma: '#7fb2f0', I: '#f2b84b', Q: '#f08f8f', U: '#f2b84b', V: '#f08f8f' }
const colourOf = (name) => COLOURS[name] ?? COLOURS[name.split(' ').at(-1)]
const BARS = { white: '#fff', yellow: '#e6d94c', cyan: '#4cd9d9', green: '#4cc04c', magenta: '#d94cd9', red: '#e05050', blue: '#6a78f0', black: '#777' }

function Frame({ title, x, y, xs, ys, units, children, square }) {
  const [width, height, left, low] = [300, square ? 260 : 190, 40, 26]
  const across = (value) => left + ((value - x[0]) / (x[1] - x[0])) * (width - left - 8)
  const up = (value) => 8 + (1 - (value - y[0]) / (y[1] - y[0])) * (height - low - 8)
  return html`
    <figure class="scope"><svg viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${title}>
      ${xs.map((value) => html`<line class="grid" x1=${across(value)} x2=${across(value)} y1=${up(y[0])} y2=${up(y[1])} />
        <text class="tick" x=${across(value)} y=${height - 10} text-anchor="middle">${shown(value)}</text>`)}
      ${ys.map((value) => html`<line class="grid" x1=${across(x[0])} x2=${across(x[1])} y1=${up(value)} y2=${up(value)} />
        <text class="tick" x=${left - 4} y=${up(value) + 4} text-anchor="end">${shown(value)}</text>`)}
      <clipPath id=${`plot-${title.length}`}><rect x=${left} y="8" width=${width - left - 8} height=${height - low - 8} /></clipPath>
      <g clip-path=${`url(#plot-${title.length})`}>${children(across, up)}</g>
      <text class="tick" x=${width - 4} y=${height - 1} text-anchor="end">${units[0]}</text><text class="tick" x="2" y="9">${units[1]}</text>
    </svg><figcaption>${title}</figcaption></figure>`
}

// What leaves the plot is cut at its edge, and no line is drawn across to where it comes back.
const path = (xs, ys, across, up) => xs.map((value, k) => `${across(value).toFixed(1)},${up(ys[k]).toFixed(1)}`).join(' ')

export function Scope({ preset, changes }) {
  const [found, setFound] = useState(null)
  const [fault, setFault] = useState('')
  useEffect(() => {
    let wanted = true
    const later = setTimeout(() => post('api/tape/measure', { preset, changes }).then((answer) => answer.json()).then(
      (told) => wanted && (setFound(told), setFault('')), (error) => wanted && (setFound(null), setFault(error.message))), 300)
    return () => { wanted = false; clearTimeout(later) }
  }, [preset, JSON.stringify(changes)])
  if (fault) return html`<p class="note" role="status">${fault}</p>`
  if (!found) return html`<p class="note">Measuring …</p>`
  const span = [[0, 5], [-30, 6]]
  return html`
    <div class="scopes">
      <${Frame} title="Response: luma blue, chroma orange and red" x=${span[0]} y=${span[1]} xs=${[0, 1, 2, 3, 4, 5]} ys=${[-30, -24, -18, -12, -6, 0, 6]} units=${['MHz', 'dB']}>
        ${(across, up) => html`<line class="corner" x1=${across(0)} x2=${across(5)} y1=${up(-3)} y2=${up(-3)} />
          ${Object.entries(found.response).map(([name, curve]) => html`<polyline fill="none" stroke=${colourOf(name)} stroke-width="2"
            points=${path(curve.megahertz, curve.decibel, across, up)}><title>${name}</title></polyline>`)}`}<//>
      <${Frame} title="Luma edge" x=${[-0.5, 1.5]} y=${[-0.2, 1.4]} xs=${[-0.5, 0, 0.5, 1, 1.5]} ys=${[0, 0.5, 1]} units=${['µs', '']}>
        ${(across, up) => html`<polyline fill="none" stroke="#7fb2f0" stroke-width="2" points=${path(found.edge.microseconds, found.edge.level, across, up)} />`}<//>
      <${Frame} square title="75 % bars: rings are the targets" x=${[-160, 160]} y=${[-120, 120]} xs=${[-100, 0, 100]} ys=${[-100, 0, 100]} units=${found.axes}>
        ${(across, up) => found.bars.map((bar) => html`
          <line x1=${across(bar.before[0])} y1=${up(bar.before[1])} x2=${across(bar.after[0])} y2=${up(bar.after[1])} stroke=${BARS[bar.name] ?? '#ccc'} />
          <circle cx=${across(bar.before[0])} cy=${up(bar.before[1])} r="6" fill="none" stroke=${BARS[bar.name] ?? '#ccc'} />
          <circle cx=${across(bar.after[0])} cy=${up(bar.after[1])} r="3" fill=${BARS[bar.name] ?? '#ccc'}><title>${bar.name}</title></circle>
          ${!['white', 'black'].includes(bar.name) && html`<text class="tick" x=${across(bar.before[0]) + 9} y=${up(bar.before[1]) + 4}>${bar.name}</text>`}`)}<//>
    </div>
    <details><summary>All measurements</summary><div class="table" tabindex="0" role="region" aria-label="Measurements"><table>
      <thead><tr><th scope="col">measured</th><th scope="col">value</th><th scope="col">unit</th><th scope="col">usual</th></tr></thead>
      <tbody>${found.rows.map((row) => html`<tr class=${row.is_usual ? '' : 'unusual'}><th scope="row">${row.name}</th>
        <td>${row.value === null ? 'none' : shown(row.value)}${!row.is_usual ? ' !' : ''}</td><td>${row.unit}</td><td>${row.usual}</td></tr>`)}</tbody>
    </table></div></details>`
}
