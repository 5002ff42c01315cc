// The arrows of the house, and what must not be in it.

import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import { describe, expect, it } from 'vitest';

const SRC = import.meta.dirname;

interface Source {
  path: string;
  text: string;
  imports: string[];
}

const sources: Source[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(?:ts|svelte|css)$/.test(path) && !path.includes('.test.') && !path.startsWith('generated'))
  .map((path) => {
    const text = readFileSync(join(SRC, path), 'utf8');
    const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) =>
      match[1]!.startsWith('.') ? relative(SRC, resolve(SRC, path, '..', match[1]!)) : match[1]!,
    );
    return { path, text, imports };
  });

function importers(wanted: RegExp, from: RegExp): string[] {
  return sources.filter(({ path, imports }) => from.test(path) && imports.some((name) => wanted.test(name))).map(({ path }) => path);
}

describe('the house', () => {
  it('was read', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(importers(/^@tauri-apps\//, /^host\//)).not.toEqual([]);
  });

  it('lets only host/ know the shell', () => {
    expect(importers(/^@tauri-apps\//, /^(?!host\/)/)).toEqual([]);
    expect(sources.filter(({ path, text }) => !path.startsWith('host/') && text.includes('__TAURI')).map(({ path }) => path)).toEqual([]);
  });

  it('lets no feature import another', () => {
    const wrong = sources.flatMap(({ path, imports }) => {
      const own = /^features\/([^/]+)\//.exec(path)?.[1];
      if (own === undefined) return [];
      return imports.filter((name) => name.startsWith('features/') && !name.startsWith(`features/${own}/`)).map((name) => `${path} -> ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  it('points one way', () => {
    expect(importers(/^(?:features|app|core-state|ui-state)\//, /^components\//)).toEqual([]);
    expect(importers(/^(?:features|app|ui-state|components|words)(?:\/|$)/, /^core-state\//)).toEqual([]);
    expect(importers(/^(?:features|app|components)\//, /^ui-state\//)).toEqual([]);
    expect(importers(/^(?:features|app)\//, /^actions(?:\.|\/)/)).toEqual([]);
    expect(importers(/^actions(?:\/|$)/, /^(?:core-state|ui-state|components|words)\//)).toEqual([]);
    expect(importers(/^app\//, /^features\//)).toEqual([]);
    expect(importers(/^(?!generated\/|@tauri-apps\/)/, /^host\//)).toEqual([]);
  });

  it('gives every account its own stores: what is one for all of them is named here', () => {
    const ofWindow = ['accounts', 'arrived', 'attention', 'dialogs', 'locking', 'messageMenu', 'preferences', 'stage'];
    const kept = sources
      .filter(({ path }) => /^(?:core-state|ui-state|actions|features|app)\//.test(path) && path !== 'core-state/account.svelte.ts')
      .flatMap(({ path, text }) =>
        [...text.matchAll(/^(?:export )?(?:const|let) (\w+)\b[^=\n]*= (?:new (?!TextEncoder|MediaQuery|Intl\.)|\$state)/gm)].map((match) => ({ path, name: match[1]! })),
      );
    expect(kept.filter(({ name }) => !ofWindow.includes(name))).toEqual([]);
    expect(kept.map(({ name }) => name).toSorted()).toEqual(ofWindow);
  });

  it('may ask of the system what host/ asks for, and nothing else', () => {
    const read = (path: string) => JSON.parse(readFileSync(join(SRC, '../../src-tauri', path), 'utf8'));
    const { text } = sources.find(({ path }) => path === 'host/index.ts')!;
    const kebab = (name: string) => name.replaceAll('_', '-').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const asked = [...text.matchAll(/\bask\('(\w+)'/g)].map((match) => `allow-${kebab(match[1]!)}`);
    for (const [, names, plugin] of text.matchAll(/import \{ ([^}]+) \} from '@tauri-apps\/plugin-([^']+)'/g)) {
      asked.push(...names!.split(', ').map((name) => `${plugin}:allow-${kebab(name)}`));
    }
    if (text.includes('.setZoom(')) asked.push('core:webview:allow-set-webview-zoom');

    const { security } = read('tauri.conf.json').app;
    const given = (security.capabilities as string[]).map((name) => read(`capabilities/${name}.json`));
    // Each kind of window has a file; what it may not, another one may.
    const permissions = given.flatMap((one) => one.permissions as (string | { identifier: string })[]);
    const names = permissions.map((one) => (typeof one === 'string' ? one : one.identifier));
    expect([...new Set(names)].toSorted()).toEqual([...new Set(asked)].toSorted());
    for (const one of given) {
      expect(one.windows).not.toContain('*');
      expect(one.remote).toBeUndefined();
    }
    expect(security.csp).toMatch(/^default-src 'none';/);
    expect(security.csp).not.toMatch(/unsafe|\*|https|blob:|strict-dynamic/);
  });

  it('never makes markup of text, nor code, nor reaches outside', () => {
    const forbidden = /\{@html|innerHTML|insertAdjacentHTML|\beval\(|new Function|https?:\/\/(?!relay\.example\.org|\/|127)[a-z]/;
    const found = sources.filter(({ path, text }) => !path.endsWith('.css') && forbidden.test(text)).map(({ path }) => path);
    expect(found).toEqual([]);
    expect(sources.filter(({ text }) => /url\(\s*['"]?(?:https?:)?\/\//.test(text)).map(({ path }) => path)).toEqual([]);
  });
});
