import { isDlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import {
  decodeAare,
  defaultConformance,
  encodeAarq,
  encodeInitiateRequest,
  requireAccepted,
} from '../session/association.js';
import { type DoctorEvent, type DoctorFinding, type DoctorReport, diagnose } from '../transport/doctor/doctor.js';
import { type DoctorPlan, type DoctorStep, serialPlan, tcpPlan } from '../transport/doctor/doctor-plan.js';
import { parseHdlcAddress } from '../transport/hdlc/address.js';
import type { LineSettings, SerialLine } from '../transport/media/serial-line.js';
import { connectTcp } from '../transport/media/tcp.js';
import { type Command, command } from './command.js';
import { integerOption } from './connect.js';
import { exitCodes, failureOf, quoted, usage } from './failure.js';
import type { Io } from './io.js';
import { type Paint, Progress, painter } from './text.js';

export const doctorCommand: Command = command({
  name: 'doctor',
  summary: 'find out why a meter does not answer: tries framings, line settings and addresses, and says which to use',
  arguments: 'PORT|URL',
  count: [1, 1],
  options: {
    client: {
      type: 'string',
      multiple: true,
      value: 'N',
      help: 'client address to try instead of the usual ones; can be repeated',
    },
    server: {
      type: 'string',
      multiple: true,
      value: 'ADDRESS',
      help: 'server address to try instead of the usual ones: 1, 1/17, 1/17:4; can be repeated',
    },
    baud: {
      type: 'string',
      multiple: true,
      value: 'N',
      help: 'speed to try instead of the usual ones, on a serial port; can be repeated',
    },
    answer: {
      type: 'string',
      value: 'SECONDS',
      help: 'how long each answer may take (default 0.8 on a serial port, 1.5 over TCP)',
    },
    limit: { type: 'string', value: 'SECONDS', help: 'how long everything may take (default 180)' },
    all: {
      type: 'boolean',
      help: 'try everything; default: stop when a meter has answered and its clients have been tried',
    },
    json: { type: 'boolean', help: 'JSON, for programs' },
  },
  notes: [
    'PORT is a serial port (/dev/ttyUSB0, COM3; needs the package serialport): HDLC at 9600 8N1, the sign-on for optical heads (IEC 62056-21 mode E), then other speeds and parities. URL is tcp://HOST:PORT: the wrapper, HDLC, and a sign-on through a gateway.',
    'Nothing is read from or written to the meter: links are opened, and an association without security is requested. A refusal is an answer too. Clients that need a password or a key are named.',
  ],
  examples: [
    'dlms-cosem doctor /dev/ttyUSB0',
    'dlms-cosem doctor tcp://192.168.1.20:4059',
    'dlms-cosem doctor /dev/ttyUSB0 --client 1 --server 1/17 --baud 9600',
  ],
  async run([text], values, io) {
    const target = targetOf(text as string);
    const plan = narrowed(target.kind === 'serial' ? serialPlan() : tcpPlan(), values);
    const answerMs = seconds(values.answer, '--answer', target.kind === 'serial' ? 0.8 : 1.5);
    const limitMs = seconds(values.limit, '--limit', 180);
    const progress = new Progress(io);
    const report = await diagnose(opener(target, io), plan, {
      request: associationRequest(),
      answerMs,
      limitMs,
      all: values.all === true,
      ...(io.signal === undefined ? {} : { signal: io.signal }),
      onEvent: (event) => show(event, progress, io),
    }).finally(() => progress.done());
    const results = report.findings.map((f) => resultOf(f, target)).sort((a, b) => a.rank - b.rank);
    if (values.json === true) io.stdout.write(`${JSON.stringify(asJson(target, results, report), undefined, 2)}\n`);
    else io.stdout.write(asText(target, results, report, painter(io)));
    return results.some((r) => r.rank < ranks.refused) ? exitCodes.ok : exitCodes.connection;
  },
});

/** The same command under its other name. */
export const scanCommand: Command = {
  ...doctorCommand,
  name: 'scan',
  summary: 'another name for doctor',
  examples: ['dlms-cosem scan /dev/ttyUSB0'],
};

type Target =
  | { readonly kind: 'serial'; readonly path: string; readonly base: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly base: string };

function targetOf(text: string): Target {
  if (!/^[a-z+]{2,}:\/\//i.test(text))
    return { kind: 'serial', path: text, base: `serial://${text.startsWith('/') ? '' : '/'}${text}` };
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw usage(`${quoted(text)} is neither a serial port nor a URL like tcp://192.168.1.20:4059`);
  }
  const { protocol, hostname, port, pathname } = url;
  if (protocol === 'serial:') return targetOf(decodeURIComponent(pathname).replace(/^\/(COM\d+)$/i, '$1'));
  if (protocol !== 'tcp:' && protocol !== 'hdlc+tcp:')
    throw usage(`the doctor examines serial ports and tcp://HOST:PORT, not ${quoted(`${protocol}//`)}`);
  if (hostname === '') throw usage(`${quoted(text)} names no host`);
  const number = port === '' ? 4059 : Number(port);
  return { kind: 'tcp', host: hostname.replace(/^\[|\]$/g, ''), port: number, base: `${hostname}:${number}` };
}
function opener(target: Target, io: Io): (line: LineSettings | undefined) => Promise<SerialLine> {
  if (target.kind === 'tcp') {
    const { host, port } = target;
    return () => connectTcp({ host, port, timeoutMs: 5000, ...(io.signal === undefined ? {} : { signal: io.signal }) });
  }
  return async (line) => (await import('../transport/media/serial.js')).openSerial({ path: target.path, ...line });
}

/** The usual plan, narrowed to what the user already knows. */
function narrowed(
  plan: DoctorPlan,
  values: {
    readonly client?: readonly string[];
    readonly server?: readonly string[];
    readonly baud?: readonly string[];
  },
): DoctorPlan {
  const clients = values.client?.map((c) => integerOption(c, '--client', 0, 0xffff));
  const { server: servers } = values;
  for (const server of servers ?? []) parseHdlcAddress(server);
  const bauds = values.baud?.map((b) => integerOption(b, '--baud', 300, 4_000_000));
  let steps = plan.steps;
  if (bauds !== undefined) {
    const known = steps.filter((s) => s.line === undefined || bauds.includes(s.line.baudRate));
    const [first] = steps;
    const unknown = bauds.filter((b) => !known.some((s) => s.line?.baudRate === b));
    steps = [
      ...known,
      ...unknown.flatMap((baudRate) =>
        first?.line === undefined ? [] : [{ ...first, line: { ...first.line, baudRate } }],
      ),
    ];
  }
  return {
    steps: steps.flatMap((s): DoctorStep[] => {
      const chosen = s.framing === 'wrapper' ? servers?.filter((a) => /^(\d+|0x[\da-f]+)$/i.test(a)) : servers;
      // HDLC has only one octet for a client.
      const asked = clients?.filter((c) => s.framing === 'wrapper' || c <= 0x7f) ?? s.clients;
      return chosen?.length === 0 || asked.length === 0 ? [] : [{ ...s, clients: asked, servers: chosen ?? s.servers }];
    }),
    moreClients: clients === undefined ? plan.moreClients : [],
  };
}
function seconds(text: string | undefined, what: string, fallback: number): number {
  const n = text === undefined ? fallback : Number(text);
  if (!(n > 0 && n <= 86_400)) throw usage(`${what} must be a number of seconds`);
  return 1000 * n;
}
const associationRequest = (): Uint8Array =>
  encodeAarq({
    mechanism: 'none',
    referencing: 'LN',
    ciphered: false,
    userInformation: encodeInitiateRequest({ conformance: defaultConformance, maxReceivePduSize: 0xffff }),
  });

/** Best first. */
const ranks = { open: 0, locked: 1, link: 2, rejected: 3, refused: 4 } as const;

interface Result {
  readonly finding: DoctorFinding;
  readonly rank: number;
  /** What the meter said, in words. */
  readonly verdict: string;
  readonly url: string;
  /** Other arguments that the command `read` needs. */
  readonly arguments: string;
}
function resultOf(finding: DoctorFinding, target: Target): Result {
  return { finding, url: urlOf(finding, target), ...judged(finding) };
}
function judged({ answer, apdu }: DoctorFinding): Pick<Result, 'rank' | 'verdict' | 'arguments'> {
  if (answer === 'DM' || answer === 'FRMR')
    return {
      rank: ranks.refused,
      verdict: `refuses the link (${answer}): another client may hold it, or the meter does not know this client`,
      arguments: '',
    };
  if (apdu === undefined)
    return {
      rank: ranks.link,
      verdict: 'opens the link, but does not answer a request for an association',
      arguments: '',
    };
  try {
    requireAccepted(decodeAare(apdu));
    return { rank: ranks.open, verdict: 'opens an association without security', arguments: '' };
  } catch (e) {
    if (isDlmsError(e, 'association/rejected')) {
      const diagnostic = String(e.context.diagnostic);
      const [wants, args] = /application-context/.test(diagnostic)
        ? ['wants ciphering', ' --ask ek,ak']
        : /authentication/.test(diagnostic)
          ? ['wants a password, or keys', ' --ask password']
          : ['refuses the association', ''];
      return {
        rank: args === '' ? ranks.rejected : ranks.locked,
        verdict: `${wants} (${diagnostic})`,
        arguments: args,
      };
    }
    if (isDlmsError(e, 'service/exception'))
      return { rank: ranks.locked, verdict: failureOf(e).line, arguments: ' --ask ek,ak' };
    return {
      rank: ranks.link,
      verdict: `answers with something other than an AARE: ${formatHex(apdu.subarray(0, 16))}`,
      arguments: '',
    };
  }
}
/** The URL for the command `read`. */
function urlOf({ step, client, server, baud, echo }: DoctorFinding, target: Target): string {
  const { line, start } = step;
  const speed = baud ?? line?.baudRate;
  const query = [
    `client=${client}`,
    `server=${server}`,
    ...(start === 'direct' ? [] : [`start=${start}`]),
    ...(speed === undefined ? [] : [`baud=${speed}`]),
    ...(start !== 'direct' || line === undefined || line.parity === 'none' ? [] : [`parity=${line.parity}`]),
    ...(echo ? ['echo=yes'] : []),
    ...(step.parameters === true ? ['parameters=yes'] : []),
  ].join('&');
  return `${target.kind === 'serial' ? '' : step.framing === 'wrapper' ? 'tcp://' : 'hdlc+tcp://'}${target.base}?${query}`;
}

/** `HDLC, 9600 8N1`. */
function stepText({ framing, start, line, maxBaud, parameters }: DoctorStep): string {
  if (framing === 'wrapper') return 'wrapper';
  const parity = { none: 'N', even: 'E', odd: 'O' } as const;
  const set = line === undefined ? '' : `, ${line.baudRate} ${line.dataBits}${parity[line.parity]}${line.stopBits}`;
  if (start === 'direct') return `HDLC${set}${parameters === true ? ' with parameters in SNRM' : ''}`;
  return `sign-on of mode E${set || ` at ${maxBaud} baud`}${start === 'mode-e-8bit' ? ' in 8 data bits' : ''}, then HDLC`;
}
function show(event: DoctorEvent, progress: Progress, io: Io): void {
  switch (event.type) {
    case 'step':
      progress.done();
      io.stderr.write(`${event.number}/${event.of} ${stepText(event.step)}\n`);
      return;
    case 'ask':
      progress.show(`  client ${event.client}, server ${event.server} `);
      return;
    case 'found':
      progress.done();
      io.stderr.write(
        `  client ${event.finding.client}, server ${event.finding.server}: answers (${event.finding.answer})\n`,
      );
      return;
    case 'problem':
      progress.done();
      io.stderr.write(`  ${failureOf(event.error).line}\n`);
  }
}

function asText(target: Target, results: readonly Result[], report: DoctorReport, paint: Paint): string {
  const best = results[0]?.rank ?? ranks.refused;
  const lines = grouped(results).flatMap(({ first, clients }) => {
    const { finding, verdict, url, arguments: args, rank } = first;
    const who = `client${clients.length > 1 ? 's' : ''} ${clients.join(', ')}, server ${finding.server}`;
    // A rejected client is worth a try only if there is nothing better.
    const useful = rank <= ranks.link || (rank === ranks.rejected && best === rank);
    return [
      `${paint(useful ? 'green' : 'yellow', who)} (${stepText(finding.step)}): ${verdict}`,
      ...(useful ? [`  dlms-cosem read "${url}"${args}`] : []),
    ];
  });
  if (results.length === 0)
    lines.push(paint('bold', `nothing at ${target.base} answered to ${report.asked} questions`));
  for (const { identification } of report.signOns)
    lines.push(
      `signed on: ${identification.manufacturer} ${identification.ident}, mode ${identification.mode}${identification.protocolSelection === 2 ? ', offers HDLC' : ', offers no HDLC'}`,
    );
  for (const { step, octets, sample, framing } of report.unexpected)
    lines.push(
      `${stepText(step)}: received ${octets} octets that are not an answer${framing === undefined ? ': noise, another speed or parity, or another protocol' : `, but ${framing}: the meter may push by itself`} (${formatHex(sample.subarray(0, 16))}${sample.length > 16 ? '…' : ''})`,
    );
  if (results.length === 0) {
    for (const step of report.echoes)
      lines.push(`${stepText(step)}: the line echoes what is sent, and nothing else answers`);
    lines.push(...checklist(target, report));
  }
  if (!report.complete) lines.push('not everything was tried, because time ran out; --limit allows more');
  return `${lines.join('\n')}\n`;
}
/** Clients rejected with the same words share a line. */
function grouped(results: readonly Result[]): { readonly first: Result; readonly clients: number[] }[] {
  const groups = new Map<string, { first: Result; clients: number[] }>();
  for (const r of results) {
    const { client, server, step } = r.finding;
    const key = r.rank < ranks.rejected ? `${groups.size}` : `${server} ${stepText(step)} ${r.verdict}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: r, clients: [client] });
    else group.clients.push(client);
  }
  return [...groups.values()];
}
function checklist(target: Target, report: DoctorReport): string[] {
  const common = 'the client or server address may be one that was not tried: --client and --server try others';
  if (target.kind === 'tcp')
    return [`check: the port; whether another client holds the connection (many meters allow one); ${common}`];
  const wiring =
    report.unexpected.length > 0
      ? []
      : [
          'check: the optical head or the wiring (RS-485: A and B swapped; RX and TX swapped), and the supply of the converter',
        ];
  return [...wiring, `check: ${common}`];
}

function asJson(target: Target, results: readonly Result[], report: DoctorReport): object {
  return {
    target: target.base,
    findings: results.map(({ finding, verdict, url, arguments: args }) => ({
      framing: finding.step.framing,
      start: finding.step.start,
      ...(finding.step.line === undefined ? {} : { line: finding.step.line }),
      ...(finding.baud === undefined ? {} : { baud: finding.baud }),
      client: finding.client,
      server: finding.server,
      answer: finding.answer,
      verdict,
      url,
      arguments: args.trim(),
      echo: finding.echo,
      ...(finding.parameters === undefined ? {} : { parameters: finding.parameters }),
      ...(finding.identification === undefined ? {} : { identification: finding.identification }),
      ...(finding.apdu === undefined ? {} : { apdu: formatHex(finding.apdu) }),
    })),
    signOns: report.signOns.map((s) => s.identification),
    heard: report.unexpected.map(({ step, octets, sample, framing }) => ({
      step: stepText(step),
      octets,
      sample: formatHex(sample),
      framing: framing ?? null,
    })),
    echoes: report.echoes.map(stepText),
    problems: report.problems.map(({ step, error }) => ({ step: stepText(step), problem: failureOf(error).line })),
    asked: report.asked,
    complete: report.complete,
  };
}
