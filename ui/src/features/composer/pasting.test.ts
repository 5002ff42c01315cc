import { describe, expect, it } from 'vitest';

import { markdownOf } from './pasted';
import { pasteInto } from './pasting';

describe('what was copied with its looks', () => {
  it.each([
    ['<p>the <b>red</b> <i>tent</i>, <s>gone</s></p>', 'the **red** _tent_, ~~gone~~'],
    ['<p>see <a href="https://example.org/a_(b)">this page</a></p>', 'see [this page](https://example.org/a_%28b%29)'],
    ['<h1>Plan</h1><p>first</p><p>then</p>', '**Plan**\n\nfirst\n\nthen'],
    ['<ul><li>one</li><li>two<ol start="3"><li>a</li><li>b</li></ol></li></ul>', '- one\n- two\n  3. a\n  4. b'],
    ['<blockquote><p>he said</p><p>so</p></blockquote><p>no</p>', '> he said\n> \n> so\n\nno'],
    ['<p>run <code>ls -l</code> or <code>a`b</code></p>', 'run `ls -l` or `` a`b ``'],
    ['<pre><code class="language-rust">fn main() {\n    1\n}\n</code></pre>', '```rust\nfn main() {\n    1\n}\n```'],
    // As word processors of the web copy: all is "bold" that is not, and what is bold is a span.
    ['<meta><b style="font-weight:normal" id="docs-1"><p><span style="font-weight:700">Bold</span><span> not</span></p></b>', '**Bold** not'],
    // As mail programs write lines.
    ['<div><b>a</b></div><div>b</div><div><br></div><div>c</div>', '**a**\nb\n\nc'],
    ['<b>5 * 3</b> _x_ snake_case', '**5 \\* 3** \\_x\\_ snake_case'],
  ])('%s becomes Markdown', (html, markdown) => expect(markdownOf(html)).toBe(markdown));

  it.each([
    '<span style="color:red">just text</span>',
    '<div style="font-family:monospace;white-space:pre"><div><span style="color:#569cd6">let</span> x = 1;</div></div>',
    '<p>one</p><p>two</p>',
    '<a href="https://example.org/">https://example.org</a>',
    '<style>b{}</style><script>alert(1)</script>',
    `<b>${'x'.repeat(400_000)}</b>`,
  ])('is plain text where that says as much', (html) => expect(markdownOf(html)).toBeUndefined());

  it('leads nowhere by a link that runs something', () => {
    expect(markdownOf('<b>x</b> <a href="javascript:alert(1)">press</a>')).toBe('**x** press');
  });
});

describe('pasting', () => {
  const html = '<b>x</b>';
  it('puts Markdown in place of what is selected', () => {
    expect(pasteInto('a bc d', 2, 4, { plain: 'x', html })).toEqual({ from: 2, to: 4, insert: '**x**', selected: [5, 5] });
  });
  it('makes selected words a link', () => {
    expect(pasteInto('see here', 4, 8, { plain: ' https://example.org/x ', html: '' })?.insert).toBe('[here](https://example.org/x)');
    expect(pasteInto('see here', 8, 8, { plain: 'https://example.org/x', html: '' })).toBeUndefined();
    expect(pasteInto('https://a.example', 0, 17, { plain: 'https://example.org/x', html: '' })).toBeUndefined();
  });
  it('leaves code as it is', () => {
    expect(pasteInto('```\n', 4, 4, { plain: 'x', html })).toBeUndefined();
    expect(pasteInto('run `', 5, 5, { plain: 'x', html })).toBeUndefined();
    expect(pasteInto('run `x` ', 8, 8, { plain: 'x', html })).toBeDefined();
  });
});
