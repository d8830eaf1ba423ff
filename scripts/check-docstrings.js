// Holds what the entry points export to what a docstring has to say: that there is one, for every function,
// class, interface, type, value, method and field; that it names the parameters; that it says what is thrown
// at wrong arguments; that matrices have shapes. Exits with 1 and a line for every fault.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'rolldown/utils';

const source = join(dirname(fileURLToPath(import.meta.url)), '../src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts') && !path.includes('assembly'));
const ENTRIES = ['index.ts', 'browser.ts', ...files.filter((path) => path.startsWith('entry/'))];

/** A shape, P×P or m×n, or a word that says it. */
const SHAPE = /[\p{L}\p{N})⁾_]\s?×\s?[\p{L}\p{N}(]|\bsquare\b|\)²/u;

/** The declarations, imports and exports of a file, by name. */
function readModule(path) {
  const text = readFileSync(join(source, path), 'utf8');
  const { program, comments } = parseSync(path, text);
  const docs = new Map(
    comments
      .filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
      .map((comment) => [comment.end, comment.value.slice(1)]),
  );
  const module = {
    path,
    text,
    declarations: new Map(),
    imports: new Map(),
    exports: new Map(),
    stars: [],
    docOf: undefined,
  };
  /** The docstring that ends where the node starts. */
  module.docOf = ({ start }) => docs.get(start - /\s*$/.exec(text.slice(0, start))[0].length);
  const fileOf = (specifier) =>
    relative(source, resolve(source, dirname(path), specifier))
      .replaceAll('\\', '/')
      .replace(/\.js$/, '.ts');
  const declare = (node, outer) => {
    if (node.type === 'VariableDeclaration') {
      for (const each of node.declarations)
        if (each.id.name) module.declarations.set(each.id.name, [{ node: each.init, id: each.id, outer }]);
      return node.declarations.map(({ id }) => id.name);
    }
    if (!node.id) return [];
    const { name } = node.id;
    module.declarations.set(name, [...(module.declarations.get(name) ?? []), { node, outer }]);
    return [name];
  };
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration' && node.source.value.startsWith('.'))
      for (const { local, imported } of node.specifiers)
        module.imports.set(local.name, [fileOf(node.source.value), imported?.name]);
    else if (node.type === 'ExportAllDeclaration') module.stars.push(fileOf(node.source.value));
    else if (node.type === 'ExportNamedDeclaration') {
      const from = node.source && fileOf(node.source.value);
      for (const { local, exported } of node.specifiers)
        module.exports.set(exported.name, [from || path, local.name]);
      if (node.declaration)
        for (const name of declare(node.declaration, node)) module.exports.set(name, [path, name]);
    } else declare(node, node);
  }
  return module;
}

const modules = new Map(files.map((path) => [path, readModule(path)]));

/** The file and local name behind an exported or imported name. */
function locate(path, name) {
  const module = modules.get(path);
  if (!module) return undefined;
  if (module.declarations.has(name)) return [path, name];
  const next = module.exports.get(name) ?? module.imports.get(name);
  if (next && (next[0] !== path || next[1] !== name)) return locate(next[0], next[1]);
  for (const star of module.stars) {
    const found = modules.get(star)?.exports.has(name) && locate(star, name);
    if (found) return found;
  }
  return undefined;
}

/** Every node below one. */
function* nodesIn(node) {
  if (Array.isArray(node)) for (const each of node) yield* nodesIn(each);
  else if (node && typeof node === 'object') {
    if (typeof node.type === 'string') yield node;
    for (const [key, value] of Object.entries(node))
      if (key !== 'parent' && typeof value === 'object') yield* nodesIn(value);
  }
}

const isFunction = (node) => /Function/.test(node?.type ?? '') && node.type !== 'TSFunctionType';

/** Functions, of a class its constructor and methods: the name that calls of them have, and their node. */
const callables = new Map();
for (const module of modules.values()) {
  for (const [name, found] of module.declarations) {
    for (const { node } of found) {
      const body = node?.type === 'ClassDeclaration' ? node.body.body : undefined;
      for (const member of body ?? [])
        if (isFunction(member.value))
          callables.set(`${module.path} ${name}.${member.key.name}`, {
            module,
            node: member.value,
            owner: name,
          });
      if (isFunction(node) && node.body) callables.set(`${module.path} ${name}`, { module, node });
    }
  }
}

/** What a function runs, but for the methods of objects that it makes: those are called later. */
function* running(node) {
  if (Array.isArray(node)) for (const each of node) yield* running(each);
  else if (node && typeof node === 'object') {
    if (typeof node.type === 'string') yield node;
    if (node.type === 'Property' && isFunction(node.value)) return;
    for (const [key, value] of Object.entries(node))
      if (key !== 'parent' && typeof value === 'object') yield* running(value);
  }
}

/** What a function calls, as far as names tell. */
function callsOf({ module, node, owner }) {
  const calls = [];
  for (const { type, callee } of running(node.body)) {
    if (type !== 'CallExpression' && type !== 'NewExpression') continue;
    const member = callee.type === 'MemberExpression' && callee.property.name;
    const name = member ? callee.object.name : callee.name;
    if (member && callee.object.type === 'ThisExpression' && owner)
      calls.push(`${module.path} ${owner}.${member}`);
    const found = name && locate(module.path, name);
    if (!found) continue;
    const suffix = member ? `.${member}` : type === 'NewExpression' ? '.constructor' : '';
    calls.push(`${found[0]} ${found[1]}${suffix}`);
  }
  return calls;
}

/** Whose arguments come from the program itself where others call them: what they throw stays with them. */
const OWN = ['numerics/matrix.ts zeros', 'numerics/random.ts RandomStream.fromState'];
/** Functions that can throw InputError, themselves or by one that they call. */
const throwing = new Set(['numerics/arguments.ts refuse']);
const throwsItself = ({ node }) =>
  [...running(node.body)].some(
    ({ type, argument }) => type === 'ThrowStatement' && argument.callee?.name === 'InputError',
  );
const called = new Map([...callables].map(([name, callable]) => [name, callsOf(callable)]));
for (const [name, callable] of callables) if (throwsItself(callable)) throwing.add(name);
for (let before = 0; before < throwing.size; ) {
  before = throwing.size;
  for (const [name, calls] of called)
    if (calls.some((other) => throwing.has(other) && !OWN.includes(other))) throwing.add(name);
}

const faults = [];
let checked = 0;
const words = (doc) => new Set(doc.match(/[\p{L}\p{N}_]+/gu));
const holdsMatrix = (type) =>
  [...nodesIn(type)].some((node) => node.type === 'TSTypeReference' && node.typeName.name === 'Matrix');

function checkFunction(where, { params, returnType }, doc, throws) {
  if (throws && !/@throws\b/.test(doc)) faults.push(`${where}: can throw InputError, without @throws`);
  const named = words(doc);
  for (const [k, param] of params.entries()) {
    const inner = param.type === 'TSParameterProperty' ? param.parameter : param;
    const target = inner.type === 'AssignmentPattern' ? inner.left : inner;
    const name = target.name ?? target.argument?.name;
    if (name === undefined) {
      if ((doc.match(/@param\s/g) ?? []).length === 0)
        faults.push(`${where}: parameter ${k + 1} is taken apart, and has no @param`);
    } else if (!named.has(name.replace(/^_/, '')))
      faults.push(`${where}: does not name its parameter ${name}`);
    if (holdsMatrix(target.typeAnnotation) && !SHAPE.test(doc))
      faults.push(`${where}: parameter ${name ?? k + 1} is a matrix without a shape`);
  }
  if (holdsMatrix(returnType) && !SHAPE.test(doc)) faults.push(`${where}: gives a matrix without a shape`);
}

/**
 * The docstrings of the interfaces that a class implements, and of those that these extend, by the name of
 * the member: its own methods need no others.
 */
function inherited(path, node) {
  const docs = new Map();
  for (const { expression } of node.implements ?? node.extends ?? []) {
    const found = locate(path, expression.name);
    if (!found) continue;
    const module = modules.get(found[0]);
    for (const { node: of } of module.declarations.get(found[1])) {
      for (const [name, doc] of of?.type === 'TSInterfaceDeclaration' ? inherited(found[0], of) : [])
        docs.set(name, doc);
      for (const member of of?.body?.body ?? []) docs.set(member.key?.name, module.docOf(member));
    }
  }
  return docs;
}

/** Fields and methods of an interface, a class or an object type. */
function checkMembers(where, path, name, members, of = '', fallback = new Map()) {
  const { docOf } = modules.get(path);
  /** P×P each, says the docstring of all of them together. */
  const together = SHAPE.test(of) && /\beach\b/.test(of);
  for (const member of members) {
    const key = member.key?.name;
    if (key === undefined || member.override || member.key.type === 'PrivateIdentifier') continue;
    if (key === 'constructor') {
      for (const param of member.value.params) {
        if (param.type !== 'TSParameterProperty' || param.accessibility === 'private') continue;
        const field = `${where}.${param.parameter.name}`;
        const doc = docOf(param) ?? fallback.get(param.parameter.name);
        checked++;
        if (!doc?.trim()) faults.push(`${field}: no docstring`);
        else if (holdsMatrix(param.parameter.typeAnnotation) && !SHAPE.test(doc))
          faults.push(`${field}: a matrix without a shape`);
      }
      continue;
    }
    if (member.accessibility === 'private') continue;
    checked++;
    const doc = docOf(member) ?? fallback.get(key);
    const at = `${where}.${key}`;
    if (!doc?.trim()) {
      faults.push(`${at}: no docstring`);
      continue;
    }
    const method =
      member.type === 'TSMethodSignature' ? member : isFunction(member.value) ? member.value : undefined;
    // What is said of an interface's method is checked there.
    if (method && !docOf(member)) continue;
    if (method) checkFunction(at, method, doc, throwing.has(`${path} ${name}.${key}`));
    else if (holdsMatrix(member.typeAnnotation) && !SHAPE.test(doc) && !together)
      faults.push(`${at}: a matrix without a shape`);
  }
}

function checkExport(entry, name) {
  const found = locate(entry, name);
  if (!found) return faults.push(`${entry} ${name}: not found`);
  const [path, local] = found;
  const where = `${path} ${local}`;
  if (seen.has(where)) return undefined;
  seen.add(where);
  const { docOf, declarations } = modules.get(path);
  const all = declarations.get(local);
  const doc = all.map(({ outer }) => docOf(outer)).find((text) => text?.trim());
  checked++;
  if (!doc) faults.push(`${where}: no docstring`);
  for (const { node, id } of all) {
    if (isFunction(node) && (all.length === 1 || node.body))
      checkFunction(where, node, doc ?? '', throwing.has(where));
    else if (node?.type === 'ClassDeclaration')
      checkMembers(where, path, local, node.body.body, doc, inherited(path, node));
    else if (node?.type === 'TSInterfaceDeclaration') checkMembers(where, path, local, node.body.body, doc);
    else if (node?.type === 'TSTypeAliasDeclaration') {
      for (const { type, members } of nodesIn(node.typeAnnotation))
        if (type === 'TSTypeLiteral') checkMembers(where, path, local, members);
    } else if (id && holdsMatrix(id.typeAnnotation) && !SHAPE.test(doc ?? ''))
      faults.push(`${where}: a matrix without a shape`);
  }
  return undefined;
}

const seen = new Set();
function exportsOf(path) {
  const { exports, stars } = modules.get(path);
  return [...exports.keys(), ...stars.flatMap(exportsOf)];
}
for (const entry of ENTRIES) for (const name of exportsOf(entry)) checkExport(entry, name);

for (const fault of faults.sort()) console.error(`src/${fault}`);
if (faults.length > 0) process.exit(1);
console.log(`docstrings: ${seen.size} exports, ${checked} docstrings`);
