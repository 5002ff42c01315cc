import { afterEach, describe, expect, it, vi } from 'vitest';

const { zooms } = vi.hoisted(() => ({ zooms: [] as number[] }));
vi.mock('../host', () => ({ zoomPage: async (factor: number) => void zooms.push(factor) }));

const root = document.documentElement;

/** As at a new start of the window: what it kept is read again. */
async function start() {
  vi.resetModules();
  zooms.length = 0;
  return (await import('./preferences.svelte')).preferences;
}

describe('how the window looks', () => {
  afterEach(() => root.removeAttribute('style'));

  it('is as the system says until the person does, and again when they give it back', async () => {
    const preferences = await start();
    expect(preferences.theme).toBe('system');
    expect(root.dataset['theme']).toBe('light');
    preferences.theme = 'dark';
    expect(root.dataset['theme']).toBe('dark');
    expect((await start()).dark).toBe(true);
    (await start()).theme = 'system';
    expect(localStorage.getItem('beseda.theme')).toBeNull();
    expect(root.dataset['theme']).toBe('light');
  });

  it('is kept: colour, density, size of the text', async () => {
    const preferences = await start();
    preferences.accent = 'violet';
    preferences.density = 'compact';
    preferences.text = 'large';
    delete root.dataset['accent'];
    const again = await start();
    expect([again.accent, again.density, again.text]).toEqual(['violet', 'compact', 'large']);
    expect([root.dataset['accent'], root.dataset['density'], root.style.getPropertyValue('--text-scale')]).toEqual(['violet', 'compact', '1.15']);
    // What rows are measured with is what they are drawn with.
    expect(root.style.getPropertyValue('--row')).toBe(`${again.row}px`);
  });

  it('takes nothing for a choice that is none', async () => {
    localStorage.setItem('beseda.accent', 'url(evil)');
    localStorage.setItem('beseda.zoom', '9000');
    localStorage.setItem('beseda.theme', 'sepia');
    const preferences = await start();
    expect([preferences.accent, preferences.zoom, preferences.theme]).toEqual(['green', 100, 'system']);
    expect(zooms).toEqual([]);
  });

  it('grows and shrinks by steps, to an end, and back in one', async () => {
    const preferences = await start();
    preferences.zoomBy(1);
    preferences.zoomBy(1);
    expect([preferences.zoom, zooms]).toEqual([125, [1.1, 1.25]]);
    for (let step = 0; step < 20; step += 1) preferences.zoomBy(-1);
    expect(preferences.zoom).toBe(50);
    const again = await start();
    expect([again.zoom, zooms]).toEqual([50, [0.5]]);
    again.zoomBy(0);
    expect(zooms).toEqual([0.5, 1]);
    expect(localStorage.getItem('beseda.zoom')).toBeNull();
  });

  it('follows what is chosen in another window', async () => {
    const preferences = await start();
    localStorage.setItem('beseda.accent', 'rose');
    localStorage.setItem('beseda.zoom', '150');
    window.dispatchEvent(new StorageEvent('storage', { key: 'beseda.accent' }));
    expect([preferences.accent, root.dataset['accent'], zooms.at(-1)]).toEqual(['rose', 'rose', 1.5]);
  });

  it('speaks another language at once', async () => {
    const preferences = await start();
    const { t: say } = await import('../words');
    preferences.chosenLanguage = 'ru';
    expect([say('settings'), root.lang]).toEqual(['Настройки', 'ru']);
    preferences.chosenLanguage = 'system';
    expect(say('settings')).toBe('Settings');
  });
});
