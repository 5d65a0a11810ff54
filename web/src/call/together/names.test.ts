import { expect, it } from 'vitest'
import { cleanName, kindOf } from './names'

it.each([
  ['report.pdf', 'report.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\ben\\cake.txt', 'cake.txt'],
  ['.bashrc', 'bashrc'],
  ['cake\u202Egpj.exe', 'cakegpj.exe'],
  ['a\u0000b\nc\u200B.txt', 'abc.txt'],
  ['CON.txt', '_CON.txt'],
  ['what? "this" <that>|*', 'what_ _this_ _that___'],
  ['  spaces . ', 'spaces'],
  ['', 'file'],
  ['...', 'file'],
  ['/', 'file'],
  ['文書.pdf', '文書.pdf'],
  ['🎂.png', '🎂.png'],
])('a file called %j is saved as %j', (raw, clean) => {
  expect(cleanName(raw)).toBe(clean)
})

it('a long name keeps its ending, and no half of a character', () => {
  expect(cleanName(`${'x'.repeat(5000)}.tar`)).toMatch(/^x{116}\.tar$/u)
  expect(cleanName(`${'🎂'.repeat(500)}.a`)).toMatch(/^🎂+\.a$/u)
})

it('says the kind that a name claims, last ending only', () => {
  expect(kindOf('invoice.pdf.exe')).toBe('EXE')
  expect(kindOf('notes')).toBe('')
  expect(kindOf('x.<script>')).toBe('')
})
