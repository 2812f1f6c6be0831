// Marks are phrases of a line.  A mark that is moved to a word becomes that word, with as many of the next ones as make
// it stand only once in the line.

const whole = /[\p{L}\p{N}_]/u

export function occurrences(phrase, text) {
  const found = []
  if (!phrase) return found
  for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
    const before = text[at - 1] ?? ' '
    const after = text[at + phrase.length] ?? ' '
    const opens = !(whole.test(phrase[0]) && whole.test(before))
    const closes = !(whole.test(phrase.at(-1)) && whole.test(after))
    if (opens && closes) found.push(at)
  }
  return found
}

// Words of a text as they stand, with their places.
export const wordsOf = (text) => [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], at: match.index }))

export function phraseAt(text, number) {
  const words = wordsOf(text)
  const first = words[number]
  if (!first) return ''
  for (let last = number; last < words.length; last += 1) {
    const end = words[last].at + words[last].text.length
    const phrase = text.slice(first.at, end).replace(/[.,;:!?…]+$/, '')
    if (phrase && occurrences(phrase, text).length === 1) return phrase
  }
  return ''
}

// Which word of the text a mark begins at; -1 where its phrase is gone.
export function wordOf(text, phrase) {
  const at = occurrences(phrase, text)[0]
  return at === undefined ? -1 : wordsOf(text).findIndex((word) => at < word.at + word.text.length)
}
