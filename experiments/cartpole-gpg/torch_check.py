"""GPG on CartPole written a second time, in torch and NumPy, to check ours: same settings, another code, other random numbers.

    python experiments/cartpole-gpg/torch_check.py SEED NUM_ENVS ANNEAL(1|0)

Needs numpy and torch. Prints sampled returns of 20 episodes on the way and of 40 at the end; torch-check.txt holds what it printed at the end.
"""
import sys, numpy as np, torch, torch.nn as nn
torch.set_num_threads(1)
seed=int(sys.argv[1]); N=int(sys.argv[2]); anneal=sys.argv[3]=='1'; norm_all=False
rng=np.random.default_rng(seed); torch.manual_seed(seed)
class Env:
    def __init__(s,n): s.n=n; s.s=rng.uniform(-.05,.05,(n,4)); s.k=np.zeros(n,int)
    def step(s,a):
        x,xd,th,thd=s.s.T
        f=np.where(a==1,10.,-10.); c=np.cos(th); si=np.sin(th)
        t=(f+.05*thd**2*si)/1.1; ta=(9.8*si-c*t)/(.5*(4/3-.1*c*c/1.1)); xa=t-.05*ta*c/1.1
        s.s=np.stack([x+.02*xd,xd+.02*xa,th+.02*thd,thd+.02*ta],1); s.k+=1
        term=(np.abs(s.s[:,0])>2.4)|(np.abs(s.s[:,2])>12*2*np.pi/360); trunc=s.k>=500
        d=term|trunc
        if d.any():
            s.s[d]=rng.uniform(-.05,.05,(d.sum(),4)); s.k[d]=0
        return s.s.astype(np.float32),d
def li(i,o,g):
    l=nn.Linear(i,o); nn.init.orthogonal_(l.weight,g); nn.init.zeros_(l.bias); return l
net=nn.Sequential(li(4,64,2**.5),nn.Tanh(),li(64,64,2**.5),nn.Tanh(),li(64,2,.01))
opt=torch.optim.Adam(net.parameters(),lr=2.5e-4,eps=1e-5)
env=Env(N); T=128; obs=env.s.astype(np.float32); G=.99; IT=200
def evaluate(n=20):
    e=Env(n); o=e.s.astype(np.float32); alive=np.ones(n,bool); ret=np.zeros(n)
    while alive.any():
        with torch.no_grad(): a=torch.distributions.Categorical(logits=net(torch.tensor(o))).sample().numpy()
        o,d=e.step(a); ret+=alive; alive&=~d
    return ret.mean()
for it in range(1,IT+1):
    if anneal: opt.param_groups[0]['lr']=2.5e-4*(1-(it-1)/IT)
    O=np.zeros((T,N,4),np.float32);A=np.zeros((T,N),int);L=np.zeros((T,N),np.float32);D=np.zeros((T,N),bool)
    for t in range(T):
        O[t]=obs
        with torch.no_grad():
            dist=torch.distributions.Categorical(logits=net(torch.tensor(obs))); a=dist.sample(); L[t]=dist.log_prob(a).numpy()
        A[t]=a.numpy(); obs,D[t]=env.step(A[t])
    R=np.zeros((T,N)); acc=np.zeros(N)
    for t in reversed(range(T)):
        acc=1+G*acc*(~D[t]); R[t]=acc
    seg=np.zeros((T,N),int); k=np.zeros(N,int)
    for t in range(T):
        seg[t]=k; k=np.where(D[t],0,k+1)
    S=np.bincount(seg.ravel(),R.ravel(),T);C=np.bincount(seg.ravel(),minlength=T)
    adv=(R-(S/np.maximum(C,1))[seg])
    o=torch.tensor(O.reshape(-1,4));a=torch.tensor(A.ravel());lp=torch.tensor(L.ravel());ad=torch.tensor(adv.ravel(),dtype=torch.float32)
    B=T*N
    for ep in range(4):
        idx=torch.randperm(B)
        for s in range(0,B,B//4):
            m=idx[s:s+B//4]; dist=torch.distributions.Categorical(logits=net(o[m])); nl=dist.log_prob(a[m]); r=(nl-lp[m]).exp()
            x=ad[m]; x=(x-x.mean())/(x.std()+1e-8)
            loss=torch.max(-x*r,-x*r.clamp(.8,1.2)).mean()-.01*dist.entropy().mean()
            opt.zero_grad(); loss.backward(); nn.utils.clip_grad_norm_(net.parameters(),.5); opt.step()
    if it%50==0: print(it,evaluate(),dist.entropy().mean().item(),ad.std().item(),flush=True)
print('final',seed,N,anneal,evaluate(40),flush=True)
