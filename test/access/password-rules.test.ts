import t from 'tap'
import { passwordProblem } from '../../src/access/password-rules.ts'

const ABOUT = ['Northwind MSP', 'Alice Moore', 'alice@northwind.example']
const problem = (password: string) => passwordProblem(password, ABOUT)

t.test('takes what is long and not common, whatever it is made of', async (t) => {
  const passwords = [
    'monday lantern orbit cactus',
    'xK9#mQ2$vL7@pR4!',
    ')&^#(*~{?<%$;"!',
    'zebra tunnel quietly paints',
    'тихий фонарь у причала',
    'a password that alice would not share',
    'x7'.repeat(3) + 'q#9-lantern'.repeat(20),
  ]
  for (const password of passwords) t.equal(problem(password), undefined, password)
})

t.test('asks for 15 to 256 characters, as people count them', async (t) => {
  t.match(problem('fourteen chars'), 'at least 15')
  t.equal(problem('fifteen charact'), undefined)
  t.match(problem('🐙🦑🐢🐘🦉'), 'at least 15', 'an emoji is one character')
  t.equal(problem('lantern#orbit-7q'.repeat(16)), undefined)
  t.match(problem('lantern#orbit-7q'.repeat(16) + 'x'), '256')
})

t.test('refuses passwords that many people use, and what is made of them', async (t) => {
  const passwords = [
    'passwordpassword',
    'aaaaaaaaaaaaaaa',
    'abcabcabcabcabca',
    'correct horse battery staple',
    'CorrectHorseBatteryStaple',
    'P@ssw0rd2026!!!',
    'Password123456789',
    '123456789012345',
    '098765432109876',
    'qwertyuiopasdfgh',
    '1qaz2wsx3edc4rfv',
    'administrator2024',
    'iloveyoumichael123',
    'letmein-letmein-letmein-now',
    'thisismypassword1',
    'dragonmonkeyfootball',
  ]
  for (const password of passwords) t.match(problem(password), 'many people use', password)
})

t.test('refuses a few characters over and over', async (t) => {
  for (const password of ['xq7xq7xq7xq7xq7', 'Kestrel!Kestrel!', '!?!?!?!?!?!?!?!?'])
    t.match(problem(password), 'repeats', password)
})

t.test('refuses what everybody knows of its owner', async (t) => {
  for (const password of ['Northwind MSP 2026', 'alice@northwind.example', 'Alice.Moore.Northwind'])
    t.match(problem(password), 'your name', password)
})

t.test('T17: reads the longest password in a few milliseconds', async (t) => {
  const start = process.cpuUsage()
  for (let times = 0; times < 10; times++) problem('ab'.repeat(64) + 'x9'.repeat(64))
  t.ok(process.cpuUsage(start).user / 10 < 50_000)
})
