/** What people choose most: whole passwords, and the words that longer ones are put together of. */
const WORDS = `
  abc 123 qwe asd zxc xyz 321 000 111 007 password passwort passwords passwd passw0rd motdepasse
  contrasena contraseña senha wachtwoord heslo haslo parola salasana losenord adgangskode
  password1 password12 password123 password1234 mypassword yourpassword thepassword newpassword
  oldpassword defaultpassword temppassword temporary temporarypassword strongpassword
  securepassword longpassword goodpassword adminpassword rootpassword userpassword testpassword
  passphrase passcode changeme changemenow changethis changeit letmein letmeinnow letmeinplease
  opensesame sesame welcome welcome1 welcome123 welcometo welcomeback hello helloworld hellothere
  hellokitty goodbye goodmorning goodnight thankyou please secret secrets topsecret mysecret
  supersecret secret123 private access access14 accessgranted trustno1 trustme trustnoone nothing
  whatever whatsup fuckyou fuckyou1 fuckoff fuckme bullshit asshole iloveyou iloveyou1 iloveyou2
  ilovegod iloveme ilovemy loveyou loveme lovely lover lovers iamgod imissyou youandme forever
  foreverandever together always baby babygirl babyboy sweetheart sweetie princess prince queen
  king angel angels beautiful gorgeous handsome sexy sexygirl kisses kissme hottie cutie cookie
  cookies chocolate strawberry banana orange apple apples pineapple cheese pepper ginger sugar
  honey peanut butter buttercup pumpkin muffin pickle bacon coffee chicken pizza
  admin administrator administrateur root toor superuser sysadmin system manager master supervisor
  operator service support helpdesk guest user username login logon signin test tester testing
  testtest test123 test1234 demo demodemo sample example default public company office business
  server computer windows microsoft google facebook apple123 internet network security firewall
  router cisco oracle linux ubuntu debian docker database backup remote desktop laptop monitor
  keyboard mouse android iphone samsung nokia motorola youtube twitter linkedin instagram yahoo
  gmail hotmail outlook tenantry tenant tenants tenancy azerty qwertz qwerty qwerty1 qwerty12
  qwerty123 qwerty1234 asdfgh zxcvbn abc123 abcd1234 abcdef a1b2c3 a1b2c3d4 a1b2c3d4e5 aa123456
  1q2w3e 1q2w3e4r q1w2e3 q1w2e3r4 zaq12wsx 1qaz2wsx zaq1zaq1 qazwsx qazwsxedc 1qazxsw2 q1w2e3r4t5
  123abc 123qwe 123321 1234321 123123 112233 11223344 121212 131313 159753 147258 147258369 123654
  123654789 789456 789456123 987654 741852963 951753 852456 696969 420420 666666 777777 007007
  monkey dragon football baseball basketball soccer hockey tennis golf golfer rugby cricket
  liverpool chelsea arsenal manchester united barcelona realmadrid juventus bayern rangers celtic
  everton newcastle yankees redsox cowboys steelers eagles packers raiders lakers bulls broncos
  dolphins patriots giants tigers tiger lions lion bear bears wolf wolves panther falcon eagle
  hawk phoenix shark dolphin horse horses puppy kitten kitty dogs doggy bulldog spider scorpion
  snake cobra turtle rabbit bunny butterfly flower flowers sunflower rose roses lily daisy jasmine
  violet rainbow sunshine sunset moonlight starlight stars summer winter spring autumn january
  february march april june july august september october november december monday tuesday
  wednesday thursday friday saturday sunday summertime christmas halloween easter birthday
  happybirthday holiday vacation happy smile smiley lucky freedom liberty justice america american
  england london paris berlin madrid rome dublin texas dallas chicago boston newyork california
  florida canada australia germany france spain italy europe africa india china japan mexico
  brazil batman superman spiderman ironman starwars skywalker darthvader yoda jedi startrek matrix
  neo trinity harrypotter hogwarts gandalf frodo lordoftherings pokemon pikachu naruto dragonball
  minecraft fortnite warcraft worldofwarcraft starcraft diablo nintendo playstation xbox zelda
  mario sonic gamer player killer hunter ranger warrior ninja samurai pirate soldier marine
  airborne sniper assassin thunder lightning storm hurricane tornado fire flame blaze shadow ghost
  phantom demon devil lucifer satan heaven jesus jesuschrist christ godisgood blessed bless faith
  hope grace mercy amen bible church allah buddha peace metallica slayer ironmaiden nirvana
  beatles elvis eminem slipknot linkinpark greenday blink182 music guitar drummer rockstar rock
  dancer dance singer mustang corvette camaro ferrari porsche mercedes toyota honda harley
  harleydavidson yamaha suzuki kawasaki bigdog bigboy bigdaddy daddy mommy mother father mom dad
  mum family brother sister children friend friends bestfriend bestfriends mybaby mylove mylife
  myself michael michelle jennifer jessica ashley amanda nicole daniel matthew andrew joshua
  anthony robert william charles charlie thomas james jordan justin brandon richard jackson
  johnson patrick george alexander alexandra nicholas jonathan stephanie elizabeth victoria
  veronica maria martin samantha sophie chelsea1 hannah maggie bailey buster cooper rocky max
  oliver oscar toby molly lucy sadie bella lucky1 snoopy garfield mickey minnie donald tigger
  winnie barney scooby homer simpsons silver golden gold diamond crystal platinum purple yellow
  black white green blue blackie midnight orange1 money millionaire dollar dollars richie winner
  champion champions number numberone first one two three four five six seven eight nine ten zero
  correcthorsebatterystaple correcthorse batterystaple horsebattery thisismypassword
  thisisapassword thisisnotapassword thisismysecret thisisasecret thisisatest thisisthepassword
  thisisaverylongpassword mypasswordispassword iforgotmypassword iforgot ihatepasswords
  idontknow idontcare idontremember whatisthepassword whatismypassword passwordispassword
  nopassword nopasswords notapassword enterpassword forgotpassword incorrect wrongpassword
  mynameis youshallnotpass maytheforcebewithyou theforce iamyourfather tobeornottobe
  tobeornottobethatisthequestion thequickbrownfox thequickbrownfoxjumpsoverthelazydog quickbrownfox
  lazydog loremipsum loremipsumdolorsitamet onceuponatime happilyeverafter heyheyhey
  supercalifragilisticexpialidocious nevergonnagiveyouup inthebeginning ourfather
  ourfatherwhoartinheaven godblessamerica godsaveourqueen godsavethequeen godsavetheking
  keepcalmandcarryon carpediem hakunamatata livelaughlove winteriscoming iloveyouforever
  iloveyousomuch iloveyoubaby iloveyoumom imissyousomuch iwillalwaysloveyou lettheinlettheout
  abracadabra opensaysme openthedoor opentheportal knockknock knockknockwhosthere
`

/** Lines of keyboards and of the alphabet, along which fingers walk in both directions. */
const LINES = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '1qazxsw23edcvfr45tgbnhy67ujm',
  'qazwsxedcrfvtgbyhnujmikolp',
  'zaqxswcdevfrbgtnhymjukilop',
  'qweasdzxc',
  'qawsedrftgyhujikolp',
  '1a2b3c4d5e6f7g8h9i',
  'a1b2c3d4e5f6g7h8i9',
  '147258369',
  '13579246801357924680',
  '31415926535897932384626433832795',
  '!@#$%^&*()_+',
  '!"£$%^&*()_+',
]

const SHORTEST_WALK = 4
const LONGEST_PIECE = 36

let pieces: Set<string> | undefined

/** Some thousands of common passwords and pieces of them, in small letters. */
function commonPieces() {
  return (pieces ??= new Set([...WORDS.trim().split(/\s+/), ...LINES.flatMap(walks)]))
}

/** Every stretch of a line, forwards and backwards. */
function walks(line: string) {
  const backwards = line.split('').reverse().join('')
  return [line, backwards].flatMap((way) =>
    [...way].flatMap((_, start) => {
      const found: string[] = []
      for (let end = start + SHORTEST_WALK; end <= way.length; end++)
        found.push(way.slice(start, end))
      return found
    }),
  )
}

/**
 * How many characters of a text are its own: those that no common password, walk on the keyboard,
 * year, repeated character, or one of `words` accounts for, in the best way to cut it to pieces.
 */
export function ownCharacters(text: string, words: ReadonlySet<string>) {
  const own = [0]
  for (let end = 1; end <= text.length; end++) {
    let fewest = own[end - 1]! + 1
    for (let start = Math.max(0, end - LONGEST_PIECE); start < end; start++)
      if (own[start]! < fewest && isCommon(text.slice(start, end), words)) fewest = own[start]!
    own.push(fewest)
  }
  return own[text.length]!
}

const isCommon = (piece: string, words: ReadonlySet<string>) =>
  commonPieces().has(piece) || words.has(piece) || /^(?:(?:19|20)\d\d|(.)\1{2,})$/u.test(piece)
