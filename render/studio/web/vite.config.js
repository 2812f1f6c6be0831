import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { defineConfig } from 'vite'

const CONTAINED = ['preact', 'htm', 'wavesurfer.js']

// Beside the page: the licences of what it contains, and a digest of what it was built from, which the tests compare.
function beside() {
  return {
    name: 'beside',
    closeBundle() {
      const licences = CONTAINED.map((name) => {
        const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'))
        return `${name} ${version}\n\n${readFileSync(`node_modules/${name}/LICENSE`, 'utf8').trim()}\n`
      })
      writeFileSync('dist/licences.txt', licences.join(`\n${'-'.repeat(80)}\n\n`))
      const files = ['index.html', 'package-lock.json', 'vite.config.js', ...readdirSync('src').map((name) => `src/${name}`)]
      const digest = createHash('sha256')
      for (const name of files.sort()) digest.update(`${name}\n`).update(readFileSync(name))
      writeFileSync('dist/built-from.txt', `${digest.digest('hex')}\n`)
    },
  }
}

// Relative addresses, no source maps, names without digests: what is built is kept in the repository.
export default defineConfig({
  base: './',
  plugins: [beside()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    rollupOptions: {
      output: { entryFileNames: 'studio.js', chunkFileNames: '[name].js', assetFileNames: 'studio[extname]' },
    },
  },
})
