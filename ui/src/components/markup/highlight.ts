// Code cut into pieces by what they are, for colouring. Loaded only when a message has code: the grammars weigh more
// than the rest of a message. Makes text and kinds, never markup.

import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import python from 'highlight.js/lib/languages/python';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { createLowlight } from 'lowlight';

import type { CodePiece, Kind } from './code';

const low = createLowlight({ bash, c, cpp, css, diff, go, java, javascript, json, kotlin, python, rust, sql, typescript, xml, yaml });

/** What the grammars call it, and what it is coloured as. */
const KINDS: Record<string, Kind> = {
  keyword: 'keyword',
  literal: 'keyword',
  'selector-tag': 'keyword',
  name: 'keyword',
  tag: 'keyword',
  string: 'string',
  regexp: 'string',
  char: 'string',
  addition: 'string',
  link: 'string',
  number: 'number',
  symbol: 'number',
  variable: 'number',
  deletion: 'number',
  comment: 'comment',
  quote: 'comment',
  doctag: 'comment',
  meta: 'comment',
  title: 'name',
  section: 'name',
  type: 'name',
  built_in: 'name',
  attr: 'name',
  attribute: 'name',
  property: 'name',
  'selector-class': 'name',
  'selector-id': 'name',
};

type Tree = ReturnType<typeof low.highlight>;
type Node = Tree['children'][number];

/** The pieces of `text`, which are the text when put together; undefined for a language that is not known. */
export function highlight(language: string, text: string): CodePiece[] | undefined {
  if (!low.registered(language)) return undefined;
  const pieces: CodePiece[] = [];
  for (const node of low.highlight(language, text).children) gather(node, undefined, pieces);
  return pieces;
}

function gather(node: Node, kind: Kind | undefined, pieces: CodePiece[]): void {
  if (node.type === 'text') {
    const last = pieces.at(-1);
    if (last && last.kind === kind) last.text += node.value;
    else pieces.push({ text: node.value, kind });
  } else if (node.type === 'element') {
    const classes = node.properties.className;
    const name = Array.isArray(classes) ? String(classes[0]).replace(/^hljs-/, '') : '';
    // What a grammar sets apart without a colour of its own (`subst`) is code again within a string.
    const own = name === 'subst' ? undefined : (KINDS[name] ?? kind);
    for (const child of node.children) gather(child, own, pieces);
  }
}
