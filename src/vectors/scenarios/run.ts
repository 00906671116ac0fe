import { Data } from '../../axdr/data.js';
import { decode, encode } from '../../axdr/schema.js';
import { decodeTable } from '../../axdr/table.js';
import { type DlmsError, isDlmsError } from '../../core/errors.js';
import { formatHex } from '../../core/hex.js';
import { ProfileGeneric } from '../../cosem/classes/profile-generic.js';
import type { Obis } from '../../cosem/obis.js';
import { profile, profileRows } from '../../cosem/profile.js';
import type { MeterEngine } from '../../meter/index.js';
import { setList } from '../../session/set.js';
import { matches, mismatch } from './compare.js';
import { made } from './made.js';
import { ScenarioMBus } from './mbus.js';
import { classOf, meterOf, momentOf, nameOf } from './meter.js';
import { isRecord, type Json, notationOf, typedValue } from './notation.js';
import { expectOutputs } from './pushes.js';
import { cellOf, check, expectRows, firstMembers, names, namesIn, rowsOf } from './rows.js';
import { type Expectation, Mismatch, type Scenario, type ScenarioResult, type Step, Unsupported } from './scenario.js';
import { type Line, ScenarioSession } from './session.js';

/** Other ways to the same end, for tests of the engine. */
export interface Ways {
  /** Time goes in so many parts of each step instead of in one. */
  readonly parts?: number;
  /**
   * Before the step of this index the meter is saved, and another one goes on with that. Not inside an association that
   * a step opened.
   */
  readonly savedBefore?: number;
  /** Looks at each meter when all is done. */
  readonly atEnd?: (engine: MeterEngine) => void;
}
/**
 * Runs one scenario: requests over associations, time and inputs through the engine, and compares what the clients see.
 */
export async function runScenario(scenario: Scenario, ways: Ways = {}): Promise<ScenarioResult> {
  const { id, family } = scenario;
  let at = 'the beginning';
  try {
    const runs: Run[] = [];
    for (let seed = 1; seed <= (scenario.given.meters ?? 1); seed++) runs.push(await Run.of(scenario, seed, ways));
    for (const [i, step] of scenario.steps.entries()) {
      at = `step ${i + 1} (${step.do})`;
      for (const run of runs) {
        if (ways.savedBefore === i) await run.save();
        await run.step(step);
      }
    }
    for (const [i, expectation] of scenario.expect.entries()) {
      at = `expectation ${i + 1}`;
      await (runs[0] as Run).expect(await made(expectation as Step), runs);
    }
    for (const run of runs) ways.atEnd?.(run.engine);
    return { id, family, status: 'passed' };
  } catch (e) {
    if (e instanceof Unsupported) return { id, family, status: 'unsupported', reason: `${at}: ${e.message}` };
    return { id, family, status: 'failed', reason: `${at}: ${e instanceof Error ? e.message : String(e)}` };
  }
}

const needsBlocks = ({ steps }: Scenario): boolean => steps.some((s) => s.do === 'setBlocks');
interface Target {
  readonly classId: number;
  readonly ln: Obis;
  readonly version: number;
}

class Run {
  #session: ScenarioSession;
  /** The same meter, which goes in small steps: for `advanceBothWays`. */
  readonly #scenario: Scenario;
  #other: ScenarioSession | undefined;
  readonly #mbus: ScenarioMBus | undefined;
  /** A request that is under way. */
  #begun: { readonly answer: Promise<unknown>; readonly line: Line } | undefined;
  readonly #parts: number;
  readonly #seed: number;
  constructor(session: ScenarioSession, scenario: Scenario, parts: number, seed: number) {
    this.#parts = parts;
    this.#seed = seed;
    this.#session = session;
    this.#scenario = scenario;
    const { mbusSlave } = scenario.given;
    if (mbusSlave === undefined) return;
    this.#mbus = new ScenarioMBus(mbusSlave);
    session.engine.mbus = this.#mbus;
  }
  get engine(): MeterEngine {
    return this.#session.engine;
  }
  async save(): Promise<void> {
    if (this.#session.plain && this.#begun === undefined)
      this.#session = await this.#session.moved(
        meterOf(this.#scenario, this.#seed, false),
        needsBlocks(this.#scenario),
      );
  }
  static async of(scenario: Scenario, seed: number, { parts = 1 }: Ways): Promise<Run> {
    return new Run(
      await ScenarioSession.of(meterOf(scenario, seed), scenario.given, needsBlocks(scenario)),
      scenario,
      parts,
      seed,
    );
  }
  async step(step: Step): Promise<void> {
    await this.#step(await made(step));
    await this.#session.settle();
  }
  async #step(step: Step): Promise<void> {
    const { engine } = this.#session;
    switch (step.do) {
      case 'advance':
        return this.#advance(this.#until(step));
      case 'advanceBothWays':
        return this.#advanceBothWays(step);
      case 'input':
        if (step.name === 'event') return engine.raise(Number(step.value));
        if (this.#mbus?.input(String(step.name), step.value as Json) === true) return;
        return engine.input(step.name as string, step.value);
      case 'power':
        return this.#session.power(step.state === 'on');
      case 'get':
        return this.#get(step);
      case 'set':
        return this.#set(step);
      case 'action':
        return this.#action(step);
      case 'table':
        return this.#table(step);
      case 'associate':
        for (let n = 0; n < Number(step.times ?? 1); n++)
          check(mismatch(step.result ?? 'accepted', await this.#session.associate(step)));
        return;
      case 'release':
        return this.#session.release();
      case 'replyToHls':
        await this.#result(step, async () => {
          await this.#session.replyToHls();
          return null;
        });
        return;
      case 'setList':
        return this.#setList(step);
      case 'getFirstBlock':
        return this.#begin(step, 1, (line) => this.#octets(step, undefined, line));
      case 'getRemainingBlocks':
        return check(mismatch(step.rowCount, (rowsOf(notationOf(Data, decode(Data, await this.#end()))) ?? []).length));
      case 'setBlocks':
        return this.#setBlocks(step);
      case 'checkPushes':
        return check(mismatch(step.count, this.#session.outputs.filter((o) => o.type === 'push').length));
      case 'checkConnection':
        return check(mismatch(step.state, this.#connected ? 'up' : 'down'));
      default:
        throw new Unsupported(`step ${step.do}`);
    }
  }
  #until({ to, seconds }: Step): number {
    const { engine } = this.#session;
    return typeof to === 'string'
      ? engine.elapsedAt(momentOf(to, engine.local))
      : engine.elapsed + Number(seconds) * 1000;
  }
  #advance(to: number): void {
    const { engine } = this.#session;
    const part = Math.ceil((to - engine.elapsed) / this.#parts);
    while (engine.elapsed + part < to) engine.advanceTo(engine.elapsed + part);
    engine.advanceTo(to);
  }
  async #advanceBothWays(step: Step): Promise<void> {
    this.#other = await ScenarioSession.of(meterOf(this.#scenario), this.#scenario.given);
    const to = this.#until(step);
    const { engine } = this.#other;
    const small = Number(step.smallStepSeconds) * 1000;
    while (engine.elapsed < to) engine.advanceTo(Math.min(to, engine.elapsed + small));
    this.#session.engine.advanceTo(to);
  }
  /** Whether there is a connection: as the meter said last, else whenever there is a network. */
  get #connected(): boolean {
    const said = this.#session.outputs.flatMap((o) => (o.type === 'connection' ? [o.state] : []));
    return said.length === 0 ? this.#session.engine.network : said.at(-1) === 'up';
  }
  /** Each row: a disconnector in a state, a trigger, and the state that follows. */
  async #table(step: Step): Promise<void> {
    const { engine } = this.#session;
    const [object] = engine.space().ofClass(70);
    if (object === undefined) throw new Unsupported('a table without a disconnect control');
    for (const row of step.rows as readonly { from: number; trigger: string; to: number; output_state: boolean }[]) {
      const name = ['disconnected', 'connected', 'ready-for-reconnection'][row.from];
      object.set('controlState', name);
      object.set('outputState', row.from === 1);
      const [by, what] = row.trigger.split('_') as [string, string];
      if (by === 'remote')
        await this.#action({
          do: 'action',
          class: 70,
          ln: object.logicalName,
          method: what === 'disconnect' ? 1 : 2,
          parameter: 0,
        });
      else engine.input(`disconnector.${by}`, what);
      const at = `${row.from} ${row.trigger}`;
      const got = [3, 2].map((attribute) => this.#read({ class: 70, ln: object.logicalName, attribute }));
      const [state, output] = await Promise.all(got);
      check(mismatch([at, row.to, row.output_state], [at, state as Json, output as Json]));
    }
  }

  // ── requests ─────────────────────────────────────────────────────────────────────────────────────────

  #target(x: Step | Expectation): Target {
    const { class: classId, ln } = x as { readonly class: number; readonly ln: string };
    const object = this.#session.engine.space().get(nameOf(ln));
    const served = this.#session.engine.space().served.get(nameOf(ln));
    return { classId, ln: nameOf(ln), version: (object ?? served)?.definition.version ?? 0 };
  }
  async #get(step: Step): Promise<void> {
    const got = await this.#result(step, () => this.#readAs(step));
    if (got === undefined) return;
    if ('equals' in step) check(mismatch(step.equals, got as Json));
    if ('rows' in step) expectRows(step, got as Json);
    if ('count' in step) check(mismatch(step.count, (rowsOf(got as Json) ?? []).length));
    if ('rowsAfterUndo' in step) await this.#undone(step);
    if ('listOfLogicalNames' in step) check(mismatch(sorted(step.listOfLogicalNames), sorted(namesIn(got as Json))));
  }
  /** Before the client has proven itself, or under the keys that the step names. */
  async #readAs(step: Step): Promise<Json> {
    const line = await this.#session.line(step);
    const { classId, ln } = this.#target(step);
    if (line.pending !== undefined) {
      const answer = await this.#session.askPending(line, classId, ln, Number(step.attribute));
      if (answer !== 'success') throw new Refused(answer);
      return null;
    }
    if (step.keys === 'new') await this.#session.useNewKeys(line);
    return this.#read(step, selectionOf(step));
  }
  async #begin(step: Step, apdus: number, request: (line: Line) => Promise<unknown>): Promise<void> {
    const line = await this.#session.line(step);
    const reached = line.channel.keep('sending', apdus);
    const answer = request(line);
    answer.catch(() => undefined);
    await Promise.race([reached, answer]);
    this.#begun = { answer, line };
  }
  async #end(): Promise<never> {
    const { answer, line } = this.#begun ?? {};
    this.#begun = undefined;
    line?.channel.resume();
    return (await answer) as never;
  }
  async #setBlocks(step: Step): Promise<void> {
    if (step.finish === true) {
      await this.#result(step, () => this.#end());
      return;
    }
    const { classId, ln, version } = this.#target(step);
    const attribute = Object.values(classOf(classId, version).attributes).find((a) => a.index === step.attribute);
    const value = this.#encoded(attribute?.schema ?? Data, step.value as Json);
    await this.#begin(step, Number(step.blocks) - 1, ({ client }) =>
      client.setData(
        { cosemAttributeDescriptor: { classId, instanceId: ln, attributeId: Number(step.attribute) } },
        value,
      ),
    );
    if (step.stopBeforeLast !== true) await this.#result(step, () => this.#end());
  }
  async #setList(step: Step): Promise<void> {
    const items = step.items as readonly Step[];
    const { client } = await this.#session.line(step);
    const targets = items.map((item) => {
      const { classId, ln } = this.#target(item);
      return { cosemAttributeDescriptor: { classId, instanceId: ln, attributeId: Number(item.attribute) } };
    });
    const values = items.map((item) => encode(Data, this.#encoded(Data, item.value as Json)));
    const results = await client.association.exchange.exclusive(() =>
      client.association.run((limits) =>
        setList({ invokeId: 1, serviceClass: 'confirmed', priority: 'normal' } as never, targets, values, limits),
      ),
    );
    check(mismatch(step.results, results as Json));
  }
  /** Rows as a client has them that knows what null-data stands for. */
  async #undone(step: Step): Promise<void> {
    const { ln } = this.#target(step);
    const { client } = await this.#session.line(step);
    const layout = profile(await client.get(ProfileGeneric, ln, 'captureObjects'), {
      capturePeriod: await client.get(ProfileGeneric, ln, 'capturePeriod'),
    });
    const table = decodeTable(await this.#octets(step, selectionOf(step)));
    const rows = [...profileRows(layout, table, { repeat: true })].map((r) => r.cells.map(cellOf));
    check(mismatch(step.rowsAfterUndo, rows));
    if (step.firstRowComplete === true && table.columns.some((c) => c.absent?.[0] === 1))
      throw new Mismatch('null-data in the first row');
  }
  async #read(x: Step | Expectation, selection?: { accessSelector: number; accessParameters: Data }): Promise<Json> {
    const { classId, version } = this.#target(x);
    const octets = await this.#octets(x, selection);
    const attribute = Object.values(classOf(classId, version).attributes).find((a) => a.index === x.attribute);
    // What a profile holds is of any type.
    const schema = attribute === undefined || (classId === 7 && x.attribute === 2) ? Data : attribute.schema;
    return notationOf(schema, decode(schema, octets, { lenient: true }));
  }
  async #octets(
    x: Step | Expectation,
    selection?: { accessSelector: number; accessParameters: Data },
    line?: Line,
  ): Promise<Uint8Array> {
    const { classId, ln } = this.#target(x);
    const { client } = line ?? (await this.#session.line(x));
    return client.getEncoded({
      cosemAttributeDescriptor: { classId, instanceId: ln, attributeId: Number(x.attribute) },
      ...(selection === undefined ? {} : { accessSelection: selection }),
    } as never);
  }
  async #set(step: Step): Promise<void> {
    const { classId, ln, version } = this.#target(step);
    await this.#result(step, async () => {
      const { client } = await this.#session.line(step);
      const attribute = Object.values(classOf(classId, version).attributes).find((a) => a.index === step.attribute);
      await client.setData(
        { cosemAttributeDescriptor: { classId, instanceId: ln, attributeId: Number(step.attribute) } },
        this.#encoded(attribute?.schema ?? Data, step.value as Json),
      );
      return null;
    });
  }
  async #action(step: Step): Promise<void> {
    const { classId, ln, version } = this.#target(step);
    await this.#result(step, async () => {
      const { client } = await this.#session.line(step);
      const method = Object.values(classOf(classId, version).methods).find((m) => m.index === step.method);
      const returned = await client.actionData(
        classId,
        ln,
        Number(step.method),
        this.#encoded(method?.parameter ?? Data, step.parameter as Json),
      );
      if (classId === 64 && step.method === 2) this.#session.keyTransferred();
      if ('returns' in step) check(mismatch(step.returns, returned === undefined ? null : notationOf(Data, returned)));
      return null;
    });
  }
  #encoded(schema: Parameters<typeof typedValue>[0], json: Json): Data {
    try {
      return decode(Data, encode(schema, typedValue(schema, json)));
    } catch {
      // A value of another type, sent on purpose.
      return typedValue(Data, json) as Data;
    }
  }
  /** The answer, when the result is the one that is expected and there is an answer then. */
  async #result(step: Step, request: () => Promise<Json>): Promise<Json | undefined> {
    const expected = step.result ?? 'success';
    try {
      const answer = await request();
      if (!matches(expected, 'success')) throw new Mismatch(`expected ${JSON.stringify(expected)}, got success`);
      return answer;
    } catch (e) {
      const result = refusalOf(e);
      if (result === undefined) throw e;
      if (!matches(expected, result)) throw new Mismatch(`expected ${JSON.stringify(expected)}, got ${String(result)}`);
      return undefined;
    }
  }

  // ── expectations ─────────────────────────────────────────────────────────────────────────────────────

  async expect(e: Expectation, runs: readonly Run[]): Promise<void> {
    this.#session.forExpectations();
    if (e.equalState === true) return this.#sameState();
    const outputs = runs.map((r) => r.#session.outputs);
    if (e.class === undefined && expectOutputs(e, outputs, this.#connected)) return;
    if (e.class === undefined) throw new Unsupported(`expectation ${Object.keys(e).join(', ')}`);
    const got = await this.#read(e);
    if ('equals' in e) check(mismatch(e.equals, got));
    else if ('names' in e) check(mismatch(sorted(e.names), sorted(firstMembers(got))));
    else if ('referencing' in e) names(got, e.referencing as string, true);
    else if ('notReferencing' in e) names(got, e.notReferencing as string, false);
    else if ('isSpecifiedDateTime' in e) check(mismatch({ isSpecifiedDateTime: e.isSpecifiedDateTime as Json }, got));
    else if ('statusCode' in e) check(mismatch(e.statusCode, isRecord(got) ? Object.values(got)[0] : got));
    else expectRows(e, got);
  }
  /** All that can be read is the same, whichever way time went. */
  async #sameState(): Promise<void> {
    if (this.#other === undefined) throw new Unsupported('equalState without advanceBothWays');
    for (const object of this.#session.engine.space()) {
      if (object.definition.classId === 15) continue;
      for (const { index } of object.served().attributes.values()) {
        const x = { class: object.definition.classId, ln: object.logicalName, attribute: index };
        const [one, two] = [this.#session, this.#other].map(async (session) => {
          const octets = this.#octets(x, undefined, await session.line({}));
          return octets.then(formatHex).catch((e) => String(refusalOf(e) ?? e));
        });
        check(mismatch([x.ln, index, await (one as Promise<string>)], [x.ln, index, await (two as Promise<string>)]));
      }
    }
  }
}

/** A request that was not served at all. */
class Refused extends Error {}
const sorted = (names: Json | undefined): Json => [...((names ?? []) as string[])].sort();
function refusalOf(e: unknown): string | number | undefined {
  if (e instanceof Refused) return e.message;
  if (isDlmsError(e, 'service/data-access') || isDlmsError(e, 'service/action'))
    return (e as DlmsError<'service/action'>).context.result;
  if (isDlmsError(e, 'transport/timeout')) return 'no answer';
  if (isDlmsError(e, 'service/exception') || isDlmsError(e, 'association/not-open')) return 'no association';
  return undefined;
}
function selectionOf(step: Step): { accessSelector: number; accessParameters: Data } | undefined {
  const { selection } = step;
  if (!isRecord(selection)) return undefined;
  const { selector } = selection;
  // Also for an attribute that has no selectors: that is what is tried then.
  const attributes = Object.values(classOf(Number(step.class), step.class === 7 ? 1 : 0).attributes);
  const declared = [...attributes.filter((a) => a.index === step.attribute), ...attributes]
    .flatMap((a) => Object.values(a.selective ?? {}))
    .find((s) => s.selector === selector);
  if (declared === undefined) throw new Unsupported(`selector ${String(selector)}`);
  const value = typedValue(declared.parameters, selection.parameters as Json);
  return { accessSelector: Number(selector), accessParameters: decode(Data, encode(declared.parameters, value)) };
}
