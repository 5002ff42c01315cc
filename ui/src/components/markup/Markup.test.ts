import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { MarkupBlock } from '../../generated/MarkupBlock';
import type { MarkupInline } from '../../generated/MarkupInline';
import { useLanguage } from '../../words';
import Markup from './Markup.svelte';

const onlink = vi.fn();
const oncopy = vi.fn();

const show = (...blocks: MarkupBlock[]) => render(Markup, { blocks, me: 'u1', onlink, oncopy });
const p = (...inlines: MarkupInline[]): MarkupBlock => ({ type: 'paragraph', inlines });
const text = (words: string): MarkupInline => ({ type: 'text', text: words });
const link = (url: string, words: string): MarkupInline => ({ type: 'link', url, inlines: [text(words)] });
const root = () => screen.getByTestId('message-text');

beforeEach(() => {
  useLanguage('en');
  onlink.mockClear();
  oncopy.mockClear();
});

describe('the text of a message', () => {
  it('keeps blanks and lines, and never becomes markup', () => {
    const words = '<img src=x onerror=alert(1)>\n  two  blanks\n\n<b>bold</b>';
    show(p(text('<img src=x onerror=alert(1)>'), { type: 'break' }, text('  two  blanks\n\n<b>bold</b>')));
    expect(root().textContent).toBe(words);
    expect(root().querySelector('img, b')).toBeNull();
  });

  it('is drawn as elements', () => {
    show(
      p({ type: 'bold', inlines: [text('a'), { type: 'italic', inlines: [text('b')] }] }, { type: 'strike', inlines: [text('c')] }, { type: 'code', text: 'd' }),
      { type: 'quote', blocks: [p(text('q'))] },
      { type: 'list', start: 3, items: [[p(text('x')), { type: 'list', start: null, items: [[p(text('y'))]] }], [p(text('z'))]] },
    );
    expect(root().querySelector('strong em')?.textContent).toBe('b');
    expect(root().querySelector('s')?.textContent).toBe('c');
    expect(root().querySelector('p > code')?.textContent).toBe('d');
    expect(root().querySelector('blockquote p')?.textContent).toBe('q');
    expect(root().querySelector('ol')?.getAttribute('start')).toBe('3');
    expect(root().querySelectorAll('ol > li')).toHaveLength(2);
    expect(root().querySelector('ol ul p')?.textContent).toBe('y');
    expect(root().querySelector('ul')?.hasAttribute('start')).toBe(false);
  });

  it('runs its own way in each block; the last paragraph leaves it to what is around', () => {
    show(p(text('שלום')), { type: 'quote', blocks: [p(text('q'))] }, p(text('a')));
    const [first, quote, last] = root().children;
    expect(first?.getAttribute('dir')).toBe('auto');
    expect(quote?.getAttribute('dir')).toBe('auto');
    expect(last?.hasAttribute('dir')).toBe(false);
  });
});

describe('a link', () => {
  it('says where it leads, and is followed outside', async () => {
    show(p(link('https://аpple.com/a', 'apple')));
    const shown = screen.getByText<HTMLAnchorElement>('apple');
    expect(shown.title).toBe('https://xn--pple-43d.com/a');
    expect(await fireEvent.click(shown)).toBe(false);
    expect(onlink).toHaveBeenCalledExactlyOnceWith('https://xn--pple-43d.com/a', false);
  });

  it('never takes the window away, whatever the button', async () => {
    show(p(link('https://a.org', 'a')));
    const middle = new MouseEvent('auxclick', { button: 1, bubbles: true, cancelable: true });
    expect(await fireEvent(screen.getByText('a'), middle)).toBe(false);
    expect(onlink).toHaveBeenCalledOnce();
    const right = new MouseEvent('auxclick', { button: 2, bubbles: true, cancelable: true });
    expect(await fireEvent(screen.getByText('a'), right)).toBe(false);
    expect(onlink).toHaveBeenCalledOnce();
  });

  it('of our own is left to the app', async () => {
    show(p(link('beseda:join/AbC_-0123456789xyz', 'come')));
    await fireEvent.click(screen.getByTestId('message-invitation'));
    expect(onlink).toHaveBeenCalledExactlyOnceWith('beseda:join/AbC_-0123456789xyz', false);
  });

  it.each(['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', 'tauri://localhost', '/a', 'http://'])('%s is only words', (url) => {
    show(p(link(url, 'words')));
    expect(root().textContent).toBe('words');
    expect(root().querySelector('a')).toBeNull();
  });
});

describe('a spoiler', () => {
  const hidden = () => show(p({ type: 'spoiler', inlines: [{ type: 'bold', inlines: [text('he did it')] }, link('https://a.org', 'a.org')] }));

  it('shows nothing that can be reached before it is asked to', () => {
    hidden();
    const button = screen.getByRole('button', { name: 'Hidden text: show it' });
    expect(button.tabIndex).toBe(0);
    expect(root().querySelector('a, strong')).toBeNull();
  });

  it('shows itself on a click', async () => {
    hidden();
    await fireEvent.click(screen.getByRole('button'));
    expect(root().querySelector('strong')?.textContent).toBe('he did it');
    expect(screen.queryByRole('button')).toBeNull();
    expect(screen.getByText('a.org').tagName).toBe('A');
  });

  it.each(['Enter', ' '])('shows itself on the key "%s", and the focus stays there', async (key) => {
    hidden();
    const heard = vi.fn();
    window.addEventListener('keydown', heard, { once: true });
    expect(await fireEvent.keyDown(screen.getByRole('button'), { key })).toBe(false);
    window.removeEventListener('keydown', heard);
    expect(heard).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(screen.getByTestId('markup-spoiler'));
  });

  it('leaves other keys alone', async () => {
    hidden();
    expect(await fireEvent.keyDown(screen.getByRole('button'), { key: 'Tab' })).toBe(true);
    expect(screen.getByRole('button')).toBeTruthy();
  });
});

describe('a mention', () => {
  it('stands out where it means me or everyone', () => {
    const mention = (name: string, user: string | null): MarkupInline => ({ type: 'mention', name, user });
    show(p(mention('Anna', 'u1'), mention('Boris', 'u2'), mention('all', null)));
    const shown = screen.getAllByTestId('markup-mention');
    expect(shown.map((one) => [one.textContent, one.classList.contains('me')])).toEqual([
      ['@Anna', true],
      ['@Boris', false],
      ['@all', true],
    ]);
  });
});

describe('code', () => {
  const source = 'fn main() {\n    println!("<b>{}</b>", 1);\n}';
  const code = (language: string, words = source): MarkupBlock => ({ type: 'code', language, text: words });

  it('is coloured in its language and stays the same text', async () => {
    show(code('Rust'));
    const block = screen.getByTestId('markup-code');
    await vi.waitFor(() => expect(block.querySelector('.keyword')?.textContent).toBe('fn'));
    expect(block.querySelector('code')?.textContent).toBe(source);
    expect(block.querySelector('.string')?.textContent).toBe('"<b>{}</b>"');
    expect(block.querySelector('b')).toBeNull();
  });

  it('shows its own text when it is changed', async () => {
    const { rerender } = show(code('rust'));
    const shown = () => screen.getByTestId('markup-code').querySelector('code');
    await vi.waitFor(() => expect(shown()?.querySelector('.keyword')).toBeTruthy());
    await rerender({ blocks: [code('rust', 'let a;')] });
    expect(shown()?.textContent).toBe('let a;');
  });

  it('is copied whole', async () => {
    show(code('rust'));
    await fireEvent.click(screen.getByRole('button', { name: 'Copy the code' }));
    expect(oncopy).toHaveBeenCalledExactlyOnceWith(source);
  });
});

it('has nothing a screen reader stumbles over', async () => {
  const { container } = show(
    p(text('a'), { type: 'spoiler', inlines: [text('b')] }, link('https://a.org', 'a.org'), { type: 'mention', name: 'Anna', user: 'u1' }),
    { type: 'list', start: null, items: [[p(text('x'))]] },
    { type: 'code', language: 'rust', text: 'fn' },
  );
  const { violations } = await axe.run(container, { rules: { region: { enabled: false }, 'color-contrast': { enabled: false } } });
  expect(violations.map((one) => one.id)).toEqual([]);
});
