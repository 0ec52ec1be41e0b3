// Passkeys: a form with `data-passkey` has the authenticator sign a challenge, which it asks the
// server for, before it is sent. `get` signs with a passkey that is there, `create` makes a new one.

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element && event.target.closest('[data-passkey-ask]')
  if (button) void sendWithPasskey(button.form)
})

// The form is held back until the passkey is made. This runs before htmx hears of the submission.
document.addEventListener(
  'submit',
  (event) => {
    const form = event.target
    if (!form.matches('[data-passkey="create"]') || form.elements.credential.value) return
    event.preventDefault()
    event.stopImmediatePropagation()
    void sendWithPasskey(form)
  },
  true,
)

async function sendWithPasskey(form) {
  const message = form.querySelector('[role="alert"]')
  message.hidden = true
  try {
    const options = await askForChallenge(form.dataset.challenge)
    if (!options) return
    const credential = await useAuthenticator(form.dataset.passkey, options)
    form.elements.credential.value = JSON.stringify(credential.toJSON())
    form.requestSubmit()
  } catch (error) {
    message.textContent = explainFailure(error)
    message.hidden = false
  }
}

async function askForChallenge(address) {
  const response = await fetch(address, { method: 'POST', headers: { accept: 'application/json' } })
  // One has to show first who one is, or to sign in again.
  if (response.redirected) {
    location.assign(response.url)
    return null
  }
  if (!response.ok) throw new Error('the server gave no challenge')
  return response.json()
}

function useAuthenticator(what, options) {
  if (what === 'create') {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
    return navigator.credentials.create({ publicKey })
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
  return navigator.credentials.get({ publicKey })
}

function explainFailure(error) {
  if (!globalThis.PublicKeyCredential)
    return 'This browser has no passkeys, or the address is not one of HTTPS.'
  if (error.name === 'InvalidStateError') return 'This device has a passkey for you already.'
  if (error.name === 'SecurityError')
    return 'Passkeys need HTTPS and a host name, not a bare address.'
  if (error.name === 'NotAllowedError') return 'That was cancelled, or took too long. Try again.'
  return 'That did not work. Try again.'
}
