// The numbers in the frame: where they stand, and what is told of one that is pointed at.

import { html } from 'htm/preact'
import { useEffect, useState } from 'preact/hooks'
import { get } from './api.js'

const known = new Map()

function asked(digest, source) {
  const key = `${digest} ${source}`
  if (!known.has(key)) known.set(key, get(`api/number?source=${encodeURIComponent(source)}`).catch((error) => ({ fault: error.message })))
  return known.get(key)
}

export function usePlaces(scene) {
  const [found, setFound] = useState({ master: '', places: [] })
  useEffect(() => {
    let wanted = true
    get(`api/places/${encodeURIComponent(scene.name)}`).then((places) => wanted && setFound({ master: scene.master, places }), () => {})
    return () => { wanted = false }
  }, [scene.name, scene.master])
  return found.master === scene.master ? found.places : []
}

export const at = (places, frame) => places.filter((each) => each.first <= frame && frame < each.last)

function Facts({ rows }) {
  return html`<dl class="facts">${rows.filter(Boolean).map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>`
}

// A number of its own; what is the same of all numbers of a result is told once, below them.
function Card({ told, number }) {
  if (!told) return html`<p>…</p>`
  if (told.fault) return html`<p>${told.fault}</p>`
  return html`<p class="value">${number.shown}</p><${Facts} rows=${[
    ['read from', html`<code>${told.name}</code>`],
    told.exact && ['value', told.exact],
    told.n && ['n', told.n],
    told.control && ['control', told.control],
  ]} />`
}

function Source({ told }) {
  return html`<div class="source"><${Facts} rows=${[
    told.sentence && ['how', told.sentence],
    ['origin', `${told.origin}${told.model ? `, model ${told.model}` : ''}`],
    told.citation && ['cites', told.citation],
    ['code', html`<code>${told.code}</code>`],
    ['digest', html`<code>${told.digest.slice(0, 16)}</code>`],
  ]} /></div>`
}

export function Numbers({ scene, film, frame, pick }) {
  const places = at(usePlaces(scene), frame)
  const [held, setHeld] = useState(null)
  const [told, setTold] = useState({})
  const [fault, setFault] = useState('')
  const place = places.find((each) => each === held)
  useEffect(() => {
    if (!place) return undefined
    let wanted = true
    const sources = [...new Set(place.numbers.slice(0, 3).map((number) => scene.numbers[number].source))]
    Promise.all(sources.map((source) => asked(film.results, source).then((found) => [source, found]))).then(
      (found) => wanted && setTold(Object.fromEntries(found)),
      (error) => wanted && setFault(error.message),
    )
    return () => { wanted = false }
  }, [place])
  const name = (each) => each.numbers.map((number) => `${scene.numbers[number].shown} from ${scene.numbers[number].source}`).join(', ')
  return html`
    ${places.map((each) => html`
      <button class="number" key=${`${each.first} ${each.box}`} aria-label=${`Number ${name(each)}`}
        style=${{ left: `${each.box[0] * 100}%`, top: `${each.box[1] * 100}%`, width: `${(each.box[2] - each.box[0]) * 100}%`, height: `${(each.box[3] - each.box[1]) * 100}%` }}
        onPointerEnter=${() => setHeld(each)} onPointerLeave=${() => setHeld(null)} onFocus=${() => setHeld(each)} onBlur=${() => setHeld(null)}
        onClick=${() => asked(film.results, scene.numbers[each.numbers[0]].source).then((found) => !found.fault && pick({ ...found, source: scene.numbers[each.numbers[0]].source }))}></button>`)}
    ${place && html`
      <div class=${`card ${place.box[1] > 0.5 ? 'above' : 'below'}`} role="status"
        style=${{ left: `${Math.min(place.box[0], 0.55) * 100}%`, ...(place.box[1] > 0.5 ? { bottom: `${(1 - place.box[1]) * 100 + 1}%` } : { top: `${place.box[3] * 100 + 1}%` }) }}>
        ${fault}
        ${place.numbers.slice(0, 3).map((number) => html`<${Card} told=${told[scene.numbers[number].source]} number=${scene.numbers[number]} />`)}
        ${Object.values(Object.fromEntries(place.numbers.slice(0, 3).map((number) => told[scene.numbers[number].source]).filter((each) => each && !each.fault).map((each) => [each.result, each]))).map((each) => html`<${Source} told=${each} />`)}
        ${place.numbers.length > 3 && html`<p class="note">and ${place.numbers.length - 3} more numbers in these words</p>`}
      </div>`}`
}
