import { mount } from 'svelte'
import App from './App.svelte'
import './fonts.css'
import { followLinks } from './router'
import './styles/index.css'

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')
document.documentElement.dataset['callState'] = 'idle'
followLinks()
mount(App, { target })
