import { createInstance } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { common } from '../shared/english.ts'

/**
 * The words on screen. English comes with the page; rooms add their namespaces with `i18n.addResourceBundle(language,
 * room, words)` in the chunk that shows them, so nobody loads another room's words.
 */
export const i18n = createInstance({
  lng: storedLanguage() ?? 'en',
  fallbackLng: 'en',
  ns: ['common'],
  defaultNS: 'common',
  resources: { en: { common } },
  interpolation: { escapeValue: false },
  react: { useSuspense: false },
})
void i18n.use(initReactI18next).init()

i18n.on('languageChanged', (language) => {
  document.documentElement.lang = language
  try {
    localStorage.setItem(languageKey, language)
  } catch {
    // A browser that keeps nothing still speaks the language until it is closed.
  }
})
document.documentElement.lang = i18n.language

const languageKey = 'medseal.language'

function storedLanguage(): string | null {
  try {
    return localStorage.getItem('medseal.language')
  } catch {
    return null
  }
}
