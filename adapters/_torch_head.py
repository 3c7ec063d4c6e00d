"""Softmax and cross-entropy in PyTorch, with the gradients that it records for them."""

import torch
from torch.nn import functional

from adapters._torch_relus import array, tensor
from harness.case import Array, HeadTrace


def head(layer_outputs: Array, targets: Array, upstream: Array) -> HeadTrace:
    """The quantities of a stack, in `harness.case.HeadTrace`'s shapes."""
    z, classes = tensor(layer_outputs).requires_grad_(), torch.as_tensor(targets)
    softmax_outputs = torch.softmax(z, dim=-1)
    (wrt_z,) = torch.autograd.grad((softmax_outputs * tensor(upstream)).sum(), z)

    # PyTorch has the classes in the second axis. Each case of the stack has a mean of its own.
    s = softmax_outputs.detach().requires_grad_()
    of_s = functional.nll_loss(torch.log(s).mT, classes, reduction="none").mean(-1)
    (loss_wrt_s,) = torch.autograd.grad(of_s.sum(), s)

    loss = functional.cross_entropy(z.mT, classes, reduction="none").mean(-1)
    (loss_wrt_z,) = torch.autograd.grad(loss.sum(), z)

    seen = softmax_outputs, wrt_z, loss, loss_wrt_s, loss_wrt_z
    return HeadTrace(*(array(each.detach(), layer_outputs.dtype) for each in seen))
