// Measures every program on every machine, by turns, and prints the table; `cargo xtask bench`
// builds what it needs and calls it:
//   drive.mjs --native BENCH --blind BENCH --programs DIR --web DIR --guest DIR [--repeat N] [--only NAME] [--json FILE]
//
// Every figure is a median over repetitions in which each machine had its turn; ratios are
// medians of the ratios within a repetition. Time is that of the processor, where Linux
// tells it, so that a busy computer shifts little.

import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { chromium } from 'playwright-core';

const { values: options } = parseArgs({
  options: {
    native: { type: 'string' },
    blind: { type: 'string' },
    programs: { type: 'string' },
    web: { type: 'string' },
    guest: { type: 'string' },
    repeat: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true },
    json: { type: 'string' },
  },
});

/** Rounds that take our machine about half a second, and others that take peers as long. */
const PROGRAMS = [
  { name: 'core', rounds: 6000, few: 150, paged: true },
  { name: 'core', rounds: 6000, few: 250, paged: false },
  { name: 'sort', rounds: 400, few: 6, paged: true },
  { name: 'sieve', rounds: 200, few: 4, paged: true },
  { name: 'memory', rounds: 2000, few: 60, paged: true },
  { name: 'stream', rounds: 200, few: 3, paged: true },
  { name: 'calls', rounds: 1200, few: 12, paged: true },
  { name: 'floats', rounds: 200, few: 4, paged: true },
  { name: 'traps', rounds: 2000, few: 60, paged: true },
];
/** Column, machine, and where it runs. QEMU needs long runs: its clock is coarse. */
const COLUMNS = [
  { key: 'ours', system: 'orrery', where: 'native' },
  // Built so that nothing can be watched: what the ability costs.
  { key: 'ours, blind', system: 'orrery', where: 'blind' },
  { key: 'ours, Chromium', system: 'orrery', where: 'web' },
  { key: 'rvemu', system: 'rvemu', where: 'native', isSlow: true },
  { key: 'rvemu, Chromium', system: 'rvemu', where: 'web', isSlow: true },
  { key: 'riscv_emu_rust', system: 'riscv_emu_rust', where: 'native', isSlow: true },
  { key: 'riscv_emu_rust, Chromium', system: 'riscv_emu_rust', where: 'web', isSlow: true },
  { key: 'QEMU', system: 'qemu', where: 'native', isQemu: true },
];
const QEMU_FACTOR = 4;
/**
 * What is divided by what, and what it has to be: for every program, or for one. On `core`
 * the best interpreters known reach 0.144 of QEMU natively and 0.124 in a browser; ours has to
 * reach 1.3 times as much.
 */
const RATIOS = [
  { of: 'ours', by: 'ours, blind' },
  { of: 'ours', by: 'QEMU', least: 0.187, only: 'core' },
  { of: 'ours, Chromium', by: 'QEMU', least: 0.162, only: 'core' },
  { of: 'ours', by: 'rvemu', least: 9 },
  { of: 'ours', by: 'riscv_emu_rust', least: 9 },
  { of: 'ours, Chromium', by: 'rvemu, Chromium', least: 9 },
  { of: 'ours, Chromium', by: 'riscv_emu_rust, Chromium', least: 9 },
  { of: 'ours, Chromium', by: 'ours' },
];
/** No job takes as long, in milliseconds: one that does hangs. */
const FOREVER = 120_000;

const run = promisify(execFile);
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const mean = (numbers) => Math.exp(numbers.reduce((sum, number) => sum + Math.log(number), 0) / numbers.length);

async function native(jobs, program = options.native) {
  // One of the machines leaves a file where it runs: not among the sources.
  const { stdout } = await run(program, jobs, { cwd: options.web, maxBuffer: 1 << 24, timeout: FOREVER });
  // Some machines talk on the same stream.
  return stdout.split('\n').filter((line) => /^\{"(seconds|error)"/.test(line)).map((line) => JSON.parse(line));
}

/** Serves the page, the programs and the guest. */
async function serve() {
  const types = { html: 'text/html', js: 'text/javascript', wasm: 'application/wasm' };
  const folders = { programs: options.programs, guest: options.guest };
  const server = createServer((request, response) => {
    const [, first, second] = new URL(request.url, 'http://x').pathname.split('/');
    try {
      const body = readFileSync(second === undefined ? join(options.web, first || 'index.html') : join(folders[first], second));
      response.setHeader('content-type', types[(first || 'index.html').split('.').pop()] ?? 'application/octet-stream');
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Processor time of the workers among this process' descendants, in seconds; NaN if unknown. */
function workersTime() {
  try {
    const parents = new Map();
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        parents.set(pid, readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /s, '').split(' ')[1]);
      } catch {
        // It has ended.
      }
    }
    const isOurs = (pid) => pid === String(process.pid) || (parents.has(pid) && isOurs(parents.get(pid)));
    let time = NaN;
    for (const pid of [...parents.keys()].filter(isOurs)) {
      for (const task of readdirSync(`/proc/${pid}/task`)) {
        const folder = `/proc/${pid}/task/${task}`;
        if (!readFileSync(`${folder}/comm`, 'utf8').startsWith('DedicatedWorker')) continue;
        time = (time || 0) + Number(readFileSync(`${folder}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
      }
    }
    return time;
  } catch {
    return NaN;
  }
}

const server = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.waitForFunction(() => 'measure' in globalThis);

async function web(job) {
  const before = workersTime();
  const result = await page.evaluate((job) => globalThis.measure(job), job);
  const worked = workersTime() - before;
  return Number.isNaN(worked) || result.error ? result : { ...result, seconds: worked };
}

const nameOf = ({ name, paged }) => (paged ? name : `${name}, bare`);
const chosen = PROGRAMS.filter((program) => options.only === undefined || options.only.includes(program.name));
const table = [];
for (const program of chosen) {
  const file = join(options.programs, program.name);
  const job = (system, rounds) => `${system}:${file}:${rounds}:${program.paged ? 1 : 0}`;
  const rounds = (column) => (column.isSlow ? program.few : column.isQemu ? program.rounds * QEMU_FACTOR : program.rounds);
  // How many instructions so many rounds are, on any machine; and what they give.
  const all = [...new Set(COLUMNS.map(rounds))];
  process.stderr.write(`${nameOf(program)}: ${options.repeat} turns of ${COLUMNS.length} machines\n`);
  const counted = await native([...all, 0].map((n) => job('orrery', n)));
  if (counted.some(({ error }) => error)) throw new Error(`${nameOf(program)}: ${JSON.stringify(counted)}`);
  const expected = new Map(all.map((n, at) => [n, counted[at]]));
  const start = counted.at(-1).instructions;
  const samples = new Map(COLUMNS.map(({ key }) => [key, []]));
  const wrong = new Set();
  // Once for the optimising tier of the browser.
  await web({ system: 'orrery', program: program.name, rounds: program.rounds, paged: program.paged });
  for (let n = 0; n < Number(options.repeat); n++) {
    for (const column of COLUMNS) {
      const { instructions, value } = expected.get(rounds(column));
      let result;
      if (column.isQemu) {
        const [none, whole] = await native([job('qemu', 0), job('qemu', rounds(column))]);
        result = { ...whole, seconds: whole.seconds - none.seconds, value };
      } else if (column.where === 'native') {
        [result] = await native([job(column.system, rounds(column))]);
      } else if (column.where === 'blind') {
        [result] = await native([job(column.system, rounds(column))], options.blind);
      } else {
        result = await web({ system: column.system, program: program.name, rounds: rounds(column), paged: program.paged });
      }
      if (result?.value !== value) wrong.add(column.key);
      const done = column.isQemu ? instructions - start : instructions;
      samples.get(column.key).push(result?.value === value ? done / result.seconds / 1e6 : NaN);
    }
  }
  const mips = Object.fromEntries(COLUMNS.map(({ key }) => [key, median(samples.get(key))]));
  const ratios = RATIOS.map(({ of, by }) => median(samples.get(of).map((sample, n) => sample / samples.get(by)[n])));
  table.push({ program: nameOf(program), mips, ratios, wrong: [...wrong] });
  process.stderr.write(`${nameOf(program)} done, ${table.length} of ${chosen.length}\n`);
}

const boots = { native: [], Chromium: [] };
for (let n = 0; n < Number(options.repeat); n++) {
  boots.native.push((await native([`boot:${options.guest}/kernel:${options.guest}/fs.img`]))[0]);
  boots.Chromium.push(await web({ system: 'boot' }));
}
await browser.close();
server.close();

const cell = (number, digits) => (Number.isFinite(number) ? number.toFixed(digits) : '–');
const row = (cells) => `| ${cells.join(' | ')} |`;
/** A ratio, and a mark if it has to be larger. */
function ratioCell(program, ratio, { least, only }) {
  const isShort = ratio < least && (only === undefined || only === program);
  return cell(ratio, ratio < 2 ? 3 : 1) + (isShort ? ' ✗' : '');
}
/** The geometric mean of what is known of a column. */
function meanCell(numbers, digits) {
  const known = numbers.filter(Number.isFinite);
  return known.length === 0 ? '–' : cell(mean(known), digits ?? (mean(known) < 2 ? 3 : 1));
}
const lines = [
  'Guest MIPS:',
  '',
  row(['program', ...COLUMNS.map(({ key }) => key)]),
  row(['---', ...COLUMNS.map(() => '--:')]),
  ...table.map(({ program, mips }) => row([program, ...COLUMNS.map(({ key }) => cell(mips[key], 0))])),
  row(['geometric mean', ...COLUMNS.map(({ key }) => meanCell(table.map(({ mips }) => mips[key]), 0))]),
  '',
  'Ratios; ✗ where more is wanted:',
  '',
  row(['program', ...RATIOS.map(({ of, by }) => `${of} / ${by}`)]),
  row(['---', ...RATIOS.map(() => '--:')]),
  ...table.map(({ program, ratios }) => row([program, ...ratios.map((ratio, n) => ratioCell(program, ratio, RATIOS[n]))])),
  row(['geometric mean', ...RATIOS.map((_, n) => meanCell(table.map(({ ratios }) => ratios[n])))]),
  row(['wanted', ...RATIOS.map(({ least, only }) => (least === undefined ? '' : `≥ ${least}${only ? `, ${only}` : ''}`))]),
  '',
  'Boot to the prompt:',
  '',
  ...Object.entries(boots).map(([where, runs]) => {
    const seconds = median(runs.map((run) => run.seconds));
    return `- ${where}: ${(seconds * 1e3).toFixed(1)} ms for ${runs[0].instructions} instructions, ${cell(runs[0].instructions / seconds / 1e6, 0)} MIPS`;
  }),
];
for (const { program, wrong } of table) if (wrong.length > 0) lines.push(`- ${program}: wrong, or not run, on ${wrong.join(', ')}`);
console.log(lines.join('\n'));
if (options.json !== undefined) writeFileSync(options.json, JSON.stringify({ table, ratios: RATIOS, boots }, null, 2));
