import { defineConfig } from 'vite'

// Relative addresses, no source maps, names without digests: what is built is kept in the repository and compared.
export default defineConfig({
  base: './',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    rollupOptions: {
      output: { entryFileNames: 'studio.js', chunkFileNames: '[name].js', assetFileNames: 'studio[extname]' },
    },
  },
})
