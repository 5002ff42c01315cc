// What is coloured in code, and when. The colouring itself is in highlight.ts, loaded when first needed.

export type Kind = 'keyword' | 'string' | 'number' | 'comment' | 'name';

export interface CodePiece {
  text: string;
  kind: Kind | undefined;
}

/** Longer code stays in one colour: it would hold up the screen. In UTF-16 units. */
const MOST = 20_000;

/** One piece in the colour of the text. */
export function plainPieces(text: string): CodePiece[] {
  return [{ text, kind: undefined }];
}

/** The pieces of `text` in `language`; undefined where there is nothing to colour. */
export async function piecesOf(language: string, text: string): Promise<CodePiece[] | undefined> {
  if (language === '' || text.length > MOST) return undefined;
  const { highlight } = await import('./highlight');
  return highlight(language.toLowerCase(), text);
}
