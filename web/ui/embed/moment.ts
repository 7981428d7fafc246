// Moments as prose names them. A condition in prose is counted from the beginning, so that
// a button leads to the same moment wherever the machine stands; `seek` takes it as
// `event:…` (see the grammar of conditions).

/** Kinds of events that a condition may begin with. */
const KINDS = ['syscall', 'return', 'trap', 'resume', 'interrupt', 'switch', 'call', 'print', 'input', 'disk-read', 'disk-write', 'ready'];

/** What `seek` is to be given for `at`: `trap:store-fault pid=4` is the first such event there ever was. */
export function moment(at: string): string {
  const text = at.trim();
  const [, kind = '', rest = ''] = /^([a-z-]+)(.*)$/s.exec(text) ?? [];
  return KINDS.includes(kind) ? `event:${kind}${rest.replace(/^:/, '.')}` : text;
}
