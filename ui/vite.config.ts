import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  // The window loads its files from the binary: no preloading, no old engines.
  build: { target: 'safari18', modulePreload: { polyfill: false }, assetsInlineLimit: 0, reportCompressedSize: false },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'], setupFiles: ['src/test-setup.ts'] },
});
