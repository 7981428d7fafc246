// Just enough of Rust's grammar to set off comments, texts and keywords, one line at a
// time. A line inside a long comment or text looks like code; the reader will manage.

/** A piece of a line. */
export interface Token {
  sort: 'comment' | 'text' | 'keyword' | undefined;
  text: string;
}

const KEYWORDS = new Set(
  ('as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static '
    + 'struct super trait true type unsafe use where while').split(' '),
);
// A comment; a text, perhaps raw or of bytes; a character, which a lifetime is not; a word; all else.
const PIECE = /(\/\/.*$|\/\*.*?(?:\*\/|$))|(b?r#*"[^"]*(?:"#*|$)|b?"(?:\\.|[^"\\])*(?:"|$)|b?'(?:\\.[^']*|[^'\\])')|([A-Za-z_]\w*)|([^\w/"']+|.)/g;

/** The pieces of a line; put together they are the line. */
export function tokens(line: string): Token[] {
  const found: Token[] = [];
  for (const [text, comment, literal, word] of line.matchAll(PIECE)) {
    const sort = comment ? 'comment' : literal ? 'text' : word && KEYWORDS.has(word) ? 'keyword' : undefined;
    const last = found.at(-1);
    if (last && last.sort === sort) last.text += text;
    else found.push({ sort, text });
  }
  return found;
}
