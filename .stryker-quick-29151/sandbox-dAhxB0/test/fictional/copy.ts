import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';

/** A copy of the project in which somebody adds an APDU or a class: what readers do not follow shows there. */
export class Copy {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'dlms-cosem-copy-'));
  constructor() {
    for (const name of ['src', 'scripts', 'test', 'package.json', 'tsconfig.json'])
      cpSync(name, join(this.folder, name), { recursive: true });
    symlinkSync(join(process.cwd(), 'node_modules'), join(this.folder, 'node_modules'), 'dir');
  }
  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }
  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }
  /** Puts a line behind the one line of the file that is `line`. */
  insert(path: string, line: string, added: string): void {
    const parts = this.read(path).split(`${line}\n`);
    if (parts.length !== 2) throw new Error(`${path} has ${JSON.stringify(line)} ${parts.length - 1} times`);
    this.write(path, parts.join(`${line}\n${added}\n`));
  }
  /** A module of the copy, with all that it imports from there. */
  load<T>(path: string): Promise<T> {
    return import(/* @vite-ignore */ join(this.folder, path)) as Promise<T>;
  }
  /** What the compiler says of a file of the copy and of what it imports. */
  problems(path: string): string[] {
    const { config } = ts.readConfigFile(join(this.folder, 'tsconfig.json'), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [path] }, ts.sys, this.folder);
    const program = ts.createProgram([join(this.folder, path)], { ...options, noEmit: true, types: [] });
    return ts.getPreEmitDiagnostics(program).map((d) => ts.flattenDiagnosticMessageText(d.messageText, '\n'));
  }
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
